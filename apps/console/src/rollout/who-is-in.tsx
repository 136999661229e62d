import { admittedBy, describeAdmission, drawOf, variantOf } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, type SettingView } from '../api/queries.js';
import { evaluableOf, loadPatterns } from '../matrix/evaluable.js';
import { Field, Input } from '../ui/field.js';
import { useNow } from '../ui/time.js';
import { useRested } from '../ui/use-rested.js';
import { isMember } from './members.js';
import css from './rollout.module.css';

const MOST = 50;

/** Whether units are in, and why, by the service's own evaluation. */
export function WhoIsIn({ setting, id }: Readonly<{ setting: SettingView; id: number }>) {
  const [text, setText] = useState('');
  const nowMs = useNow();
  const units = [
    ...new Set(
      useRested(text, 300)
        .split(/[\s,;]+/)
        .filter((unit) => unit !== ''),
    ),
  ].slice(0, MOST);
  const { data } = useQuery({
    queryKey: [...keys.rollout(id), 'who', units.join(' ')],
    queryFn: async ({ signal }) => {
      const compile = await loadPatterns();
      const members = await Promise.all(units.map(async (unit) => ((await isMember(id, unit, signal)) ? unit : '')));
      return { compile, members: new Set(members) };
    },
    enabled: units.length > 0,
  });
  const rollout = data && evaluableOf(setting, data.compile).rollouts.find((one) => one.id === id);
  return (
    <section className={css['card']}>
      <h2>Who is in?</h2>
      <Field label="Ids" hint={`Up to ${MOST}, one in each line.`}>
        <Input
          className={css['area']}
          value={text}
          onChange={(event) => setText(event.target.value)}
          render={<textarea rows={3} spellCheck={false} dir="auto" />}
        />
      </Field>
      {rollout !== undefined && (
        <ul className={css['list']} aria-label="Who is in" aria-live="polite" tabIndex={0}>
          {units.map((unit) => {
            const matchers = { ...rollout, members: data?.members ?? new Set<string>() };
            const by = admittedBy(matchers, unit, nowMs);
            const { outcome, hash, salt, enabled } = rollout;
            const isIn = by !== undefined && enabled;
            const variant =
              isIn && outcome.kind === 'variants' ? ` · ${variantOf(hash, salt, unit, outcome.variants).name}` : '';
            return (
              <li key={unit}>
                <span>{unit}</span>
                <span className={isIn ? css['good'] : css['soft']}>
                  {isIn ? 'in' : 'out'}
                  {variant}:{' '}
                  {enabled ? describeAdmission(matchers, by, drawOf(matchers, unit, nowMs)) : 'it is switched off'}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
