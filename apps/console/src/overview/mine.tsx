import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { request } from '../api/client.js';
import { useConfig } from '../api/config.js';
import { keys } from '../api/queries.js';
import { useWho } from '../api/who.js';
import { setLook, useLook } from '../ui/look.js';
import { recentSettings } from '../ui/recent.js';
import { Time } from '../ui/time.js';
import { useDraft } from '../ui/use-draft.js';
import css from './overview.module.css';

/** So many owners are asked for, and so many settings of each are shown. */
const MOST_OWNERS = 5;
const SHOWN = 4;

const namesIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Settings of whom one is, or of teams that one says one is of; and those opened last in this tab. */
export function Mine() {
  const who = useWho();
  const { owners: teams } = useLook();
  const mine = who === undefined || who.kind === 'anyone' ? [] : [who.subject ?? ''];
  const owners = [...new Set([...mine, ...namesIn(teams)])].filter((name) => name !== '').slice(0, MOST_OWNERS);
  const found = useOwned(owners);
  const recent = recentSettings();
  return (
    <section className={css['card']}>
      <header className={css['cardHead']}>
        <h2>Mine</h2>
      </header>
      {found.map(({ owner, total, settings }) => (
        <div key={owner} className={css['owned']}>
          <p>
            <Link to="/settings" search={{ q: `owner:${/\s/.test(owner) ? `"${owner}"` : owner}` }}>
              {owner}
            </Link>{' '}
            <span className={css['soft']}>
              {total.toLocaleString('en')} {total === 1 ? 'setting' : 'settings'}
            </span>
          </p>
          <ul>
            {settings.map(({ name, changed }) => (
              <li key={name}>
                <Link to="/settings/$name" params={{ name }} className={css['setting']}>
                  {name}
                </Link>{' '}
                {changed != null && (
                  <span className={css['soft']}>
                    <Time at={changed.at} /> by {changed.actor}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {recent.length > 0 && (
        <div className={css['owned']}>
          <p className={css['soft']}>Opened lately</p>
          <ul className={css['recent']}>
            {recent.map((name) => (
              <li key={name}>
                <Link to="/settings/$name" params={{ name }} className={css['setting']}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Teams text={teams} />
    </section>
  );
}

const asItIs = (text: string): string => text;

function Teams({ text }: Readonly<{ text: string }>) {
  const { owner_key } = useConfig();
  const [typed, type] = useDraft(text, asItIs, (owners) => setLook({ owners }));
  const id = useId();
  return (
    <p className={css['teams']}>
      <label htmlFor={id}>
        Also mine, by <code>{owner_key}</code>
      </label>
      <input
        id={id}
        value={typed}
        placeholder="web, rendering"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
      />
    </p>
  );
}

/** What each owner has, changed last first. */
function useOwned(owners: readonly string[]) {
  const { owner_key } = useConfig();
  const answers = useQueries({
    queries: owners.map((owner) => ({
      queryKey: [...keys.settings, 'owned', owner],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const ofOwner = { [`metadata.${owner_key}`]: owner };
        const query = { sort: '-changed', include: 'changed', limit: SHOWN, ...ofOwner } as const;
        return request('get', '/api/v1/settings', { query, signal });
      },
    })),
  });
  return answers.flatMap(({ data: answer }, index) => {
    const owner = owners[index];
    if (owner === undefined || answer === undefined || !('total' in answer.data)) return [];
    const { total, settings } = answer.data;
    return [{ owner, total, settings }];
  });
}
