import { type Condition, featureOf, type InSteps } from '@heksher/core';
import { firstGroup, groupsOf, packNumbers, rowCount } from './rule-numbers.js';
import { ruleAt, type RuleTable, textOf, writeRule } from './rule-table.js';
import { makeRuleset, makeSetting, type Ruleset, type Setting } from './ruleset.js';
import { type Vocabulary } from './vocabulary.js';

/**
 * The ruleset with another list of context features, such as after one was added or moved. Settings are replaced only where
 * the order of features that they use changed: which of their rules wins may differ, and the texts of these.
 */
export function* withFeatures(ruleset: Ruleset, features: readonly string[]): InSteps<Ruleset> {
  const { revision, settings, vocabulary } = ruleset;
  const order = new Order([...ruleset.features], features, vocabulary);
  const reordered: Setting[] = [];
  for (const setting of settings.values()) {
    reordered.push(order.changes(usedBy(setting, vocabulary)) ? yield* reorder(setting, order, vocabulary) : setting);
    yield;
  }
  return makeRuleset(revision, features, reordered, vocabulary);
}

/** A list of features in its new order, and which place in the old one each had. */
type Reordering = Readonly<{ list: number; from: readonly number[] }>;

/** How features were ordered, and are. */
class Order {
  private readonly before: ReadonlyMap<string, number>;
  private readonly now: ReadonlyMap<string, number>;
  private readonly reorderings = new Map<number, Reordering | undefined>();

  constructor(
    before: readonly string[],
    now: readonly string[],
    private readonly vocabulary: Vocabulary,
  ) {
    this.before = new Map(before.map((feature, index) => [feature, index]));
    this.now = new Map(now.map((feature, index) => [feature, index]));
  }

  /** Whether features of these now stand in another order than before. */
  changes(features: readonly string[]): boolean {
    const before = features.toSorted((a, b) => (this.before.get(a) ?? 0) - (this.before.get(b) ?? 0));
    return before.some((feature, index) => index > 0 && this.compare(before[index - 1] ?? '', feature) > 0);
  }

  compare(a: string, b: string): number {
    return (this.now.get(a) ?? 0) - (this.now.get(b) ?? 0);
  }

  sorted(conditions: readonly Condition[]): readonly Condition[] {
    return conditions.toSorted((a, b) => this.compare(featureOf(a), featureOf(b)));
  }

  /** Undefined where the list stays as it is. */
  reorderingOf(list: number): Reordering | undefined {
    if (!this.reorderings.has(list)) this.reorderings.set(list, this.reorder(list));
    return this.reorderings.get(list);
  }

  private reorder(list: number): Reordering | undefined {
    const before = this.vocabulary.featuresOf(list);
    const now = before.toSorted((a, b) => this.compare(a, b));
    if (now.every((feature, index) => feature === before[index])) return undefined;
    return { list: this.vocabulary.listNumberFor(now), from: now.map((feature) => before.indexOf(feature)) };
  }
}

function usedBy({ rules, rollouts }: Setting, vocabulary: Vocabulary): readonly string[] {
  const used = new Set<string>();
  for (const { list } of groupsOf(rules.numbers, vocabulary))
    vocabulary.featuresOf(list).forEach((one) => used.add(one));
  for (const { feature, conditions } of rollouts)
    [feature, ...conditions.map(featureOf)].forEach((one) => used.add(one));
  return [...used];
}

function* reorder(setting: Setting, order: Order, vocabulary: Vocabulary): InSteps<Setting> {
  const { rules, shadowed } = setting;
  const rollouts = setting.rollouts.map((rollout) => rollout.withConditions(order.sorted(rollout.conditions)));
  return makeSetting(
    { ...setting, rollouts },
    yield* reorderTable(rules, order, vocabulary),
    shadowed.map(({ id, value, conditions, metadata }) => ({
      id,
      value,
      conditions: order.sorted(conditions),
      metadata,
    })),
  );
}

const ROWS_PER_STEP = 256;

/** Conditions in another order take as much text as before, so that all texts stay where they are. */
function* reorderTable(table: RuleTable, order: Order, vocabulary: Vocabulary): InSteps<RuleTable> {
  const { ids, numbers, valueEnds, metadata } = table;
  const groups = [...groupsOf(numbers, vocabulary)];
  const isReordered = new Uint8Array(rowCount(numbers));
  for (const { list, rows } of groups) {
    if (order.reorderingOf(list) !== undefined) for (const row of rows) isReordered[row] = 1;
  }
  if (!isReordered.includes(1)) return table;
  // Joined part by part: to join very many texts at once takes as long as to make them.
  const parts: string[] = [];
  for (let start = 0; start < isReordered.length; start += ROWS_PER_STEP) {
    const texts: string[] = [];
    for (let row = start; row < Math.min(start + ROWS_PER_STEP, isReordered.length); row += 1)
      texts.push(isReordered[row] === 1 ? reorderedText(table, row, order) : textOf(table, row));
    parts.push(texts.join(','));
    yield;
  }
  const text = parts.join(',');
  yield;
  const starts = numbers.subarray(1, firstGroup(numbers));
  const reordered = groups.map((group) => {
    const reordering = order.reorderingOf(group.list);
    if (reordering === undefined) return group;
    const columns = reordering.from.map((index) => group.columns[index] ?? group.rows);
    return { list: reordering.list, rows: group.rows, columns };
  });
  return { ids, text, numbers: packNumbers(starts, reordered), valueEnds, metadata };
}

function reorderedText(table: RuleTable, row: number, order: Order): string {
  const { id, value, conditions, metadata } = ruleAt(table, row);
  return writeRule({ id, value, conditions: order.sorted(conditions), metadata }).text;
}
