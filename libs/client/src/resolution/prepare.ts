import {
  type Alternatives,
  alternativesIn,
  type EvaluableRule,
  type Evaluator,
  featureOf,
  isTimed,
  makeEvaluatorInSteps,
  type Rollout,
} from '@heksher/core';
import { type Turns } from '../concurrency.js';
import { type JsonValue } from '../json.js';
import { type ProblemLog } from '../problems.js';
import { Fitting, type ValueSource } from './fitting.js';
import { itemsAt, type JsonCursor, membersAt, skipValue, takeValue } from './json-cursor.js';

/** A setting as it was served, ready to be evaluated. */
export type PreparedSetting = Readonly<{
  evaluator: Evaluator<unknown>;
  defaultValue: unknown;
  /** All that rules and rollouts name, whatever was declared, in order. */
  features: readonly string[];
  /** Whether the time counts. */
  hasRamp: boolean;
  alternatives: Alternatives;
}>;

/** A prepared setting, with what it was made from: its text, and the order of features. */
export type ServedSetting = Readonly<{ text: string; features: readonly string[]; prepared: PreparedSetting }>;

/** What preparing works with; `features` is the ordered list of the service. */
export type Preparation = Readonly<{ features: readonly string[]; turns: Turns; problems: ProblemLog }>;

/**
 * Reads a setting. Rules and rollouts whose value does not fit the type are left out, and reported. Rejects where the text
 * is not that of a setting.
 */
export async function prepareSetting(
  text: string,
  source: ValueSource,
  { features, turns, problems }: Preparation,
): Promise<ServedSetting> {
  const parts = await readParts({ text, at: 0 }, new Fitting(source, problems), turns);
  const evaluator = await turns.finish(makeEvaluatorInSteps<unknown>({ features, ...parts }));
  const prepared = {
    evaluator,
    defaultValue: parts.defaultValue,
    features: featuresOf(parts, features),
    hasRamp: parts.rollouts.some(isTimed),
    alternatives: alternativesIn(parts.rules.length > 0, parts.rollouts),
  };
  return { text, features, prepared };
}

function featuresOf({ rules, rollouts }: Parts, all: readonly string[]): readonly string[] {
  const named = new Set<string>();
  for (const { conditions } of rules) for (const condition of conditions) named.add(featureOf(condition));
  for (const { conditions, feature } of rollouts)
    for (const name of [feature, ...conditions.map(featureOf)]) named.add(name);
  return all.filter((feature) => named.has(feature));
}

type Parts = Readonly<{
  defaultValue: unknown;
  rules: readonly EvaluableRule<unknown>[];
  rollouts: readonly Rollout<unknown>[];
}>;

async function readParts(cursor: JsonCursor, fitting: Fitting, turns: Turns): Promise<Parts> {
  let defaultValue: JsonValue | undefined;
  let rules: readonly EvaluableRule<unknown>[] = [];
  let rollouts: readonly Rollout<unknown>[] = [];
  for (const key of membersAt(cursor)) {
    if (key === 'rules') rules = await readItems(cursor, turns, (json) => fitting.rule(json));
    else if (key === 'rollouts') rollouts = await readItems(cursor, turns, (json) => fitting.rollout(json));
    else if (key === 'default_value') defaultValue = takeValue(cursor) as JsonValue;
    else skipValue(cursor);
  }
  if (defaultValue === undefined) throw new TypeError('a setting without a default value');
  return { defaultValue: fitting.default(defaultValue), rules, rollouts };
}

/** The items of the list at the cursor that `read` makes something of. */
async function readItems<Item>(
  cursor: JsonCursor,
  turns: Turns,
  read: (json: unknown) => Item | undefined | Promise<Item | undefined>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const json of itemsAt(cursor)) {
    const made = read(json);
    const item = made instanceof Promise ? await made : made;
    if (item !== undefined) items.push(item);
    if (turns.isOver()) await turns.next();
  }
  return items;
}
