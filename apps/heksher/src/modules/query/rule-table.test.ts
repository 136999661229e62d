import { type Condition, jsonText } from '@heksher/core';
import fc from 'fast-check';
import { RuleTableBuilder } from './rule-table-builder.js';
import { NO_METADATA, ruleAt, type RuleTable, type StoredRule, textOf } from './rule-table.js';
import { Vocabulary } from './vocabulary.js';

const FEATURES = ['account', 'user', '__proto__'];
const VALUES = ['john', 'é', '用户', 'a"b', '', '0', ','];

/** Values as other writers may have stored them. */
const value = fc.constantFrom('1', '1.0', ' { "a" : [1,2] } ', '"ü,\\"context_features\\":[]"', 'null', 'tru');

const conditions = fc
  .tuple(...FEATURES.map(() => fc.option(fc.constantFrom(...VALUES), { freq: 1 })))
  .map((values) =>
    values.flatMap((wanted, index): Condition[] => (wanted === null ? [] : [[FEATURES[index] ?? '', wanted]])),
  );

const metadata = fc.constantFrom(NO_METADATA, NO_METADATA, jsonText('{"a":"é"}'));

const rules: fc.Arbitrary<readonly StoredRule[]> = fc
  .uniqueArray(fc.record({ id: fc.integer({ min: -5, max: 600 }), value, conditions, metadata }), {
    selector: ({ id }) => id,
    maxLength: 60,
    size: 'max',
  })
  .map((all) => all.sort((a, b) => a.id - b.id));

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

it('gives back the rules it was made of, the oldest of equal ones, and keeps the others apart', () => {
  fc.assert(
    fc.property(rules, (all) => {
      const builder = build(all);
      const table = builder.build();
      const winners = oldest(all);
      expect(rulesOf(table)).toEqual(winners);
      expect(builder.shadowed).toEqual(all.filter((rule) => !winners.includes(rule)));
      expect(table.text).toBe(winners.map(answerText).join(','));
      for (const [row, rule] of winners.entries()) expect(textOf(table, row)).toBe(answerText(rule));
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

it('is the same whether made anew or of an earlier table, some rules left out and others put in', () => {
  fc.assert(
    fc.property(rules, rules, fc.array(fc.nat(600)), (before, changed, gone) => {
      const vocabulary = new Vocabulary();
      const old = build(before, vocabulary);
      const touched = new Set([...changed.map(({ id }) => id), ...gone]);
      const apart = [...old.shadowed.filter(({ id }) => !touched.has(id)), ...changed].sort((a, b) => a.id - b.id);
      const next = new RuleTableBuilder(vocabulary);
      next.addMerged(old.build(), touched, apart);

      const all = [...before.filter(({ id }) => !touched.has(id)), ...changed].sort((a, b) => a.id - b.id);
      const anew = build(all);
      const merged = next.build();
      expect(rulesOf(merged)).toEqual(rulesOf(anew.build()));
      expect(merged.text).toBe(anew.build().text);
      expect(next.shadowed).toEqual(anew.shadowed);
    }),
  );
});
