import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/client.js';
import { type ContextValues } from '../api/context-text.js';
import { keys } from '../api/queries.js';
import { type Evaluated } from '../matrix/try-context.js';
import { Value } from '../matrix/value.js';
import css from './settings.module.css';

const PART = 100;

/** What a context gets of each setting, asked for by parts of the list. */
export function useValuesFor(
  settings: readonly Readonly<{ name: string }>[],
  context: ContextValues | undefined,
): ReadonlyMap<string, Evaluated> {
  const parts = useMemo(() => {
    const names = settings.map(({ name }) => name);
    return Array.from({ length: Math.ceil(names.length / PART) }, (_, index) =>
      names.slice(index * PART, (index + 1) * PART),
    );
  }, [settings]);
  const answers = useQueries({
    queries: (context === undefined ? [] : parts).map((names) => ({
      queryKey: [...keys.evaluations, 'list', context, names],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        request('post', '/api/v1/evaluate', { body: { context: { ...context }, settings: names }, signal }),
    })),
  });
  const found = answers.map(({ data }) => (data !== undefined && 'settings' in data.data ? data.data.settings : {}));
  return new Map(found.flatMap((settingsOfPart) => Object.entries(settingsOfPart)));
}

export function ValueFor({ evaluated }: Readonly<{ evaluated: Evaluated | undefined }>) {
  if (evaluated === undefined) return <span className={css['zero']}>…</span>;
  const { reason, rule_id, rollout_id } = evaluated;
  const by = reason === 'DEFAULT' ? 'default' : reason === 'RULE' ? `rule ${rule_id}` : `rollout ${rollout_id}`;
  return (
    <>
      <Value value={evaluated.value} most={40} /> <small className={css['zero']}>{by}</small>
    </>
  );
}
