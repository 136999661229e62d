import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { shownAsOf } from '../api/as-of.js';
import { request } from '../api/client.js';
import { type components } from '../api/schema.js';
import { useMay } from '../api/who.js';
import { Time } from '../ui/time.js';
import css from './definition.module.css';

type Client = components['schemas']['ClientReport'];

const SHOWN = 50;

/**
 * Who reads a setting is not known: programs ask for many at once, and keep them. What is known is who said of itself that it reads at all, and
 * which revision it serves.
 * @param revision the one that is shown
 */
export function Consumers({ revision }: Readonly<{ revision: string | undefined }>) {
  const isGranted = useMay()('read', '*');
  const isKnown = revision !== undefined && isGranted && shownAsOf() === undefined;
  const { data: answer } = useQuery({
    queryKey: ['propagation', revision],
    queryFn: ({ signal }) => request('get', '/api/v1/propagation', { query: { revision: revision ?? '' }, signal }),
    enabled: isKnown,
  });
  const programs = programsOf(answer?.data.clients ?? []);
  return (
    <section className={css['card']}>
      <header>
        <h2>Who reads it</h2>
      </header>
      <p className={css['soft']}>
        Which programs read this setting is not recorded: they ask for many settings at once.
        {isGranted ? '' : ' Which programs there are is shown to those who may read all settings.'}
        {isGranted && !isKnown && ' Which programs there are is known of the present only.'}
        {answer !== undefined &&
          (programs.length === 0
            ? ' Nor has any program said who it is to this replica in the last hour, by the header Heksher-Client.'
            : ' These said who they are to this replica in the last hour, and which revision they serve:')}
      </p>
      {programs.length > 0 && (
        <dl className={css['facts']}>
          {programs.slice(0, SHOWN).map(({ name, instances, reached, seenAt }) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>
                {reached === instances ? 'serves' : `${reached} of ${instances} serve`} the present revision; seen{' '}
                <Time at={seenAt} />
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
      {programs.length > SHOWN && <p className={css['soft']}>and {programs.length - SHOWN} more programs</p>}
    </section>
  );
}

type Program = Readonly<{ name: string; instances: number; reached: number; seenAt: string }>;

/** A client is a program and which of its instances: `shop/pod-7`. */
function programsOf(clients: readonly Client[]): readonly Program[] {
  const programs = new Map<string, Program>();
  for (const { client, reached, seen_at } of clients) {
    const name = client.slice(0, client.lastIndexOf('/'));
    const { instances = 0, reached: before = 0, seenAt = seen_at } = programs.get(name) ?? {};
    const newest = seen_at > seenAt ? seen_at : seenAt;
    programs.set(name, { name, instances: instances + 1, reached: before + Number(reached), seenAt: newest });
  }
  return [...programs.values()];
}
