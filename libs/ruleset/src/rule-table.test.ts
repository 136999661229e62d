import { isDeepStrictEqual } from 'node:util';
import { atOnce, type Condition, jsonText } from '@heksher/core';
import fc from 'fast-check';
import { patchedTable } from './patched-table.js';
import { conditionsByRow, groupsOf } from './rule-numbers.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { NO_METADATA, ruleAt, type RuleTable, type StoredRule, textOf } from './rule-table.js';
import { Vocabulary } from './vocabulary.js';

const FEATURES = ['account', 'user', '__proto__'];
const VALUES = ['john', 'é', '用户', 'a"b', '', '0', ','];

/** Values as other writers may have stored them. */
const value = fc.constantFrom('1', '1.0', ' { "a" : [1,2] } ', '"ü,\\"context_features\\":[]"', 'null', 'tru');

/** Conditions on some of the features; of few values, rules often have the same. */
function conditionsWith(feature: fc.Arbitrary<string>): fc.Arbitrary<Condition[]> {
  return fc
    .tuple(...FEATURES.map(() => fc.option(feature, { freq: 2 })))
    .map((values) =>
      values.flatMap((wanted, index): Condition[] => (wanted === null ? [] : [[FEATURES[index] ?? '', wanted]])),
    );
}

const conditions = conditionsWith(fc.constantFrom(...VALUES));
const otherConditions = conditionsWith(fc.nat(10_000).map(String)).filter((all) => all.length > 0);

const metadata = fc.constantFrom(NO_METADATA, NO_METADATA, jsonText('{"a":"é"}'));

const rulesWith = (asked: fc.Arbitrary<Condition[]>, maxLength: number): fc.Arbitrary<readonly StoredRule[]> =>
  fc
    .uniqueArray(fc.record({ id: fc.integer({ min: -5, max: 600 }), value, conditions: asked, metadata }), {
      selector: ({ id }) => id,
      maxLength,
      size: 'max',
    })
    .map((all) => all.sort((a, b) => a.id - b.id));

const rules = rulesWith(conditions, 60);

function build(all: readonly StoredRule[], vocabulary = new Vocabulary()): RuleTableBuilder {
  const builder = new RuleTableBuilder(vocabulary);
  for (const rule of all) builder.add(rule);
  return builder;
}

function rulesOf(table: RuleTable): readonly StoredRule[] {
  return Array.from(table.ids, (_, row) => ruleAt(table, row));
}

/** Of equal conditions the first. */
function oldest(all: readonly StoredRule[]): readonly StoredRule[] {
  const keys = all.map((rule) => JSON.stringify(rule.conditions));
  return all.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function answerText({ id, value: stored, conditions: asked }: StoredRule): string {
  return `{"value":${stored},"context_features":${JSON.stringify(asked)},"rule_id":${id}}`;
}

/** Expects them to be equal; `toEqual` takes long over what is. */
function expectEqual(found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
}

it('gives back the rules it was made of, the oldest of equal ones, and keeps the others apart', () => {
  fc.assert(
    fc.property(rules, (all) => {
      const builder = build(all);
      const table = builder.build();
      const winners = oldest(all);
      expectEqual(rulesOf(table), winners);
      expect(builder.shadowed).toEqual(all.filter((rule) => !winners.includes(rule)));
      expect(table.text).toBe(winners.map(answerText).join(','));
      expectEqual(
        winners.map((_, row) => textOf(table, row)),
        winners.map(answerText),
      );
    }),
  );
});

it('joins texts in pieces to the same text', () => {
  const all = Array.from({ length: 1_000 }, (_, id) => ({
    id,
    value: String(id),
    conditions: [['user', `u${id}`]] as const,
    metadata: NO_METADATA,
  }));
  const table = build(all).build();
  expect(JSON.parse(`[${table.text}]`)).toHaveLength(1_000);
  expect(textOf(table, 255, 258)).toBe(all.slice(255, 258).map(answerText).join(','));
});

it('is the same whether built from rules or merged from an earlier table, some rules removed and others added', () => {
  fc.assert(
    fc.property(rules, rules, fc.array(fc.nat(600)), (before, changed, gone) => {
      const vocabulary = new Vocabulary();
      const old = build(before, vocabulary);
      const touched = new Set([...changed.map(({ id }) => id), ...gone]);
      const apart = [...old.shadowed.filter(({ id }) => !touched.has(id)), ...changed].sort((a, b) => a.id - b.id);
      const next = new RuleTableBuilder(vocabulary);
      atOnce(next.addMerged(old.build(), touched, apart));

      const all = [...before.filter(({ id }) => !touched.has(id)), ...changed].sort((a, b) => a.id - b.id);
      const rebuilt = build(all);
      const merged = next.build();
      expectEqual(rulesOf(merged), rulesOf(rebuilt.build()));
      expect(merged.text).toBe(rebuilt.build().text);
      expect(next.shadowed).toEqual(rebuilt.shadowed);
    }),
  );
});

/** All that a table says, in words that are the same in whatever order its groups stand. */
function contentsOf(table: RuleTable, vocabulary: Vocabulary): object {
  const askedBy = conditionsByRow(table.numbers, vocabulary);
  const ascends = [...groupsOf(table.numbers, vocabulary)].every(({ rows }) =>
    rows.every((row, place) => place === 0 || row > (rows[place - 1] ?? 0)),
  );
  const asked = Array.from(table.ids, (_, row) => askedBy(row));
  return { text: table.text, rules: rulesOf(table), asked, ascends };
}

it('is the same patched as rebuilt, unless rules with equal conditions meet', () => {
  const mixed = fc.oneof({ weight: 1, arbitrary: conditions }, { weight: 3, arbitrary: otherConditions });
  // One after another: changed rules take the places of those with their ids, others come, some only go.
  const change = fc.tuple(rulesWith(mixed, 8), fc.array(fc.integer({ min: -10, max: 610 })));
  let mendings = 0;
  let refusals = 0;
  fc.assert(
    fc.property(rulesWith(otherConditions, 60), fc.array(change, { minLength: 1 }), (first, all) => {
      const vocabulary = new Vocabulary();
      let before = oldest(first);
      let table = build(before, vocabulary).build();
      for (const [changed, gone] of all) {
        const touched = new Set([...changed.map(({ id }) => id), ...gone]);
        const now = [...before.filter(({ id }) => !touched.has(id)), ...changed].sort((a, b) => a.id - b.id);
        const rebuilt = build(now, vocabulary);
        const patched = atOnce(patchedTable(table, touched, changed, vocabulary));
        expect(patched === undefined).toBe(rebuilt.shadowed.length > 0);
        if (patched === undefined) refusals += 1;
        else mendings += 1;
        if (patched !== undefined)
          expectEqual(contentsOf(patched, vocabulary), contentsOf(rebuilt.build(), vocabulary));
        before = oldest(now);
        table = patched ?? rebuilt.build();
      }
    }),
    { numRuns: 200 },
  );
  expect(mendings).toBeGreaterThan(200);
  expect(refusals).toBeGreaterThan(10);
});

it('is not patched where very many rules may have changed', () => {
  const vocabulary = new Vocabulary();
  const rule = { id: 1, value: '1', conditions: [['user', 'john']] as const, metadata: NO_METADATA };
  const table = build([rule], vocabulary).build();
  const ids = (count: number) => new Set(Array.from({ length: count }, (_, id) => id));
  expect(atOnce(patchedTable(table, ids(1_024), [rule], vocabulary))?.text).toBe(table.text);
  expect(atOnce(patchedTable(table, ids(1_025), [rule], vocabulary))).toBeUndefined();
});

it('is patched in steps, of which none visits very many rules', () => {
  const vocabulary = new Vocabulary();
  const ROWS = 100_000;
  const many = Array.from({ length: ROWS }, (_, id): StoredRule => {
    return { id, value: '1', conditions: [['user', `u${id}`]], metadata: NO_METADATA };
  });
  const table = build(many, vocabulary).build();
  const steps = patchedTable(table, new Set([7]), [{ ...many[7], value: '22' } as StoredRule], vocabulary);
  let taken = 1;
  while (steps.next().done !== true) taken += 1;
  // Texts of all that come after it begin and end elsewhere now.
  expect(taken).toBeGreaterThan((2 * ROWS) / 20_000);
});
