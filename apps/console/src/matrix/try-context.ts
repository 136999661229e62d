import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/client.js';
import { type ContextValues } from '../api/context-text.js';
import { type Exact } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';

export type Step = Exact<components['schemas']['EvaluationStep']>;
export type Evaluated = Exact<components['schemas']['EvaluatedSetting']>;

/** A context that is tried, and what came of each line; `letter` tells it from others: A, B, C, D. */
export type Tried = Readonly<{
  letter: string;
  context: ContextValues;
  evaluated: Evaluated;
  /** By the key of the line; `default` for the last. */
  steps: ReadonlyMap<string, Step>;
}>;

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/**
 * Tries contexts of which something is known; what came before stays until the answer is there.
 * @param at by which time ramps go (RFC 3339); undefined: now
 */
export function useTried(setting: string, contexts: readonly ContextValues[], at: string | undefined) {
  const query = useQuery({
    queryKey: [...keys.evaluations, setting, contexts, at],
    queryFn: ({ signal }) =>
      request('post', '/api/v1/evaluate', {
        body: { contexts: contexts.map((context) => ({ ...context })), settings: [setting], explain: true, at },
        signal,
      }),
    enabled: contexts.length > 0,
    placeholderData: keepPreviousData,
  });
  const { data: answer } = query;
  const tried = useMemo(() => {
    if (contexts.length === 0 || answer === undefined || !('evaluations' in answer.data)) return [];
    return answer.data.evaluations.flatMap(({ settings }, index): readonly Tried[] => {
      // An alias is answered by the canonical name.
      const evaluated = Object.values(settings)[0];
      const context = contexts[index];
      const letter = LETTERS[index];
      if (evaluated === undefined || context === undefined || letter === undefined) return [];
      return [{ letter, context, evaluated, steps: stepsOf(evaluated) }];
    });
  }, [answer, contexts]);
  return { tried, error: query.error, isPending: query.isFetching };
}

function stepsOf({ steps = [] }: Evaluated): ReadonlyMap<string, Step> {
  return new Map(steps.map((step) => [stepKey(step), step]));
}

export function stepKey({ kind, rule_id, rollout_id }: Step): string {
  return kind === 'default' ? 'default' : `${kind}-${rule_id ?? rollout_id}`;
}

/** The key of the line that decides. */
export function deciderOf({ reason, rule_id, rollout_id }: Evaluated): string {
  if (reason === 'DEFAULT') return 'default';
  return reason === 'RULE' ? `rule-${rule_id}` : `rollout-${rollout_id}`;
}
