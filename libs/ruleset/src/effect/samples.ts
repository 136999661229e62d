import {
  type Condition,
  type Context,
  type Decision,
  type Evaluator,
  featureOf,
  firstFailing,
  forEachInSteps,
  type InSteps,
  jsonKey,
  makeEvaluator,
  makeEvaluatorInSteps,
  valueOf,
} from '@heksher/core';
import { evaluable, evaluableIn } from '../evaluable.js';
import { tryPatterns } from '../loaded-rollout.js';
import { ruleCount, type Ruleset, type Setting } from '../ruleset.js';
import { type Comparison } from './cells.js';
import { type Decided } from './side.js';

/** One of the contexts given that changes. */
export type Example = Readonly<{ context: Context; setting: string; from: Decided; to: Decided }>;

/** How many of the contexts given change the value of a setting. */
export type Samples = Readonly<{ seen: number; changed: number; examples: readonly Example[] }>;

/** A setting that is there before and after. */
export type Compared = Readonly<{
  before: Readonly<{ ruleset: Ruleset; setting: Setting }>;
  after: Readonly<{ ruleset: Ruleset; setting: Setting }>;
  comparison: Comparison;
}>;

const MOST_EXAMPLES = 5;

/** Larger settings are evaluated from what a context meets of them. */
const MOST_RULES_OF_EVALUATOR = 2_048;

export function* samplesOf(all: readonly Compared[], contexts: readonly Context[], atMs: number): InSteps<Samples> {
  const changed = new Set<Context>();
  const examples: Example[] = [];
  for (const compared of all) {
    const isConcerned = yield* concernOf(compared.comparison);
    const concerned: Context[] = [];
    for (const context of contexts) {
      if (isConcerned(context)) concerned.push(context);
      yield;
    }
    if (concerned.length === 0) continue;
    const [before, after] = [yield* evaluatorOf(compared.before), yield* evaluatorOf(compared.after)];
    for (const context of concerned) {
      const [from, to] = [
        yield* decide(before, compared.before, context, atMs),
        yield* decide(after, compared.after, context, atMs),
      ];
      if (jsonKey(from.value) === jsonKey(to.value)) continue;
      changed.add(context);
      if (examples.length < MOST_EXAMPLES) examples.push({ context, setting: compared.after.setting.name, from, to });
    }
  }
  return { seen: contexts.length, changed: changed.size, examples };
}

/** Whether a context matches something that was touched: another one cannot change. */
function* concernOf({
  before,
  after,
  rules,
  rollouts,
  isReordered,
}: Comparison): InSteps<(context: Context) => boolean> {
  if (isReordered || jsonKey(before.default.decided.value) !== jsonKey(after.default.decided.value)) return () => true;
  const touched = [...rules.gone, ...rules.come].map((rule) => rule.conditions);
  for (const pair of rollouts) if (pair.isTouched) touched.push((pair.after ?? pair.before)?.conditions ?? []);
  if (touched.some((conditions) => conditions.length === 0)) return () => true;
  // By one condition each, the most specific one: a context is then compared with few of very many.
  const groups = new Map<string, (readonly Condition[])[]>();
  yield* forEachInSteps(touched, (conditions) => {
    const key = conditions.slice(-1).map((last) => groupKey(featureOf(last), valueOf(last)))[0] ?? '';
    if (!groups.get(key)?.push(conditions)) groups.set(key, [conditions]);
  });
  return (context) =>
    Array.from(context).some(([feature, value]) =>
      groups.get(groupKey(feature, value))?.some((conditions) => firstFailing(conditions, context) === undefined),
    );
}

function groupKey(feature: string, value: string): string {
  return `${feature} ${value}`;
}

function* evaluatorOf({ ruleset, setting }: Compared['before']): InSteps<Evaluator | undefined> {
  if (ruleCount(setting) > MOST_RULES_OF_EVALUATOR) return undefined;
  return yield* makeEvaluatorInSteps(yield* evaluable(ruleset, setting));
}

function* decide(
  evaluator: Evaluator | undefined,
  { ruleset, setting }: Compared['before'],
  context: Context,
  atMs: number,
): InSteps<Decided> {
  yield* tryPatterns(setting.rollouts, context);
  yield;
  const one = evaluator ?? makeEvaluator(evaluableIn(context, ruleset, setting));
  return decidedOf(one.evaluate(context, atMs));
}

function decidedOf(decision: Decision): Decided {
  const { value, reason } = decision;
  switch (reason) {
    case 'RULE':
      return { value, by: { kind: 'rule', id: decision.ruleId } };
    case 'ROLLOUT':
      return { value, by: { kind: 'rollout', id: decision.rolloutId, variant: decision.variant } };
    case 'DEFAULT':
      return { value, by: { kind: 'default' } };
  }
}
