import {
  atOnce,
  BUCKETS,
  type Condition,
  type Context,
  type Decision,
  drawnVariant,
  type Evaluator,
  isWithinShare,
  jsonKey,
  jsonText,
  makeEvaluator,
  parseStoredVariants,
} from '@heksher/core';
import fc from 'fast-check';
import { evaluable } from '../evaluable.js';
import { LoadedRollout, type StoredRollout } from '../loaded-rollout.js';
import { MemberSet } from '../member-set.js';
import { RulesetBuilder } from '../ruleset-builder.js';
import { NO_METADATA, type StoredRule } from '../rule-table.js';
import { findSetting, type Ruleset } from '../ruleset.js';
import { type Cell, isInCell } from './cell.js';
import { type Effect, effectOf, type SettingEffect } from './effect.js';
import { type Decided } from './side.js';

const FEATURES = ['account', 'user', 'theme'];
const NOW = Date.parse('2026-03-01T00:00:00Z');

/** Values that rules and members name, and others. */
const NAMED = ['a', 'b', 'c'];
const OTHERS = ['o1', 'p1', 'q7'];

const CONTEXTS = FEATURES.reduce<readonly Context[]>(
  (contexts, feature) =>
    contexts.flatMap((known) => [
      known,
      ...[...NAMED, ...OTHERS].map((value) => new Map([...known, [feature, value]])),
    ]),
  [new Map()],
);

type GivenRule = Readonly<{ conditions: readonly Condition[]; value: string }>;
type GivenRollout = Omit<StoredRollout, 'id' | 'metadata'> & Readonly<{ members: readonly string[] }>;
type Contents = Readonly<{
  features: readonly string[];
  defaultValue: string;
  rules: readonly (GivenRule & Readonly<{ id: number }>)[];
  rollouts: readonly (GivenRollout & Readonly<{ id: number }>)[];
}>;

const value = fc.constantFrom('1', '1.0', '2', '3', '4');
const conditions = fc
  .tuple(...FEATURES.map(() => fc.option(fc.constantFrom(...NAMED), { freq: 2 })))
  .map((values) => values.flatMap((one, index): Condition[] => (one === null ? [] : [[FEATURES[index] ?? '', one]])));
const rule: fc.Arbitrary<GivenRule> = fc.record({ conditions, value });

const RAMP = '{"start":"2026-02-27T00:00:00Z","end":"2026-03-07T00:00:00Z","from":10,"to":90}';
const share = fc.oneof(
  fc.constantFrom('0', '20', '50', '33.333', '99.5', '100').map((percentage) => ({ percentage, ramp: null })),
  fc.constant({ percentage: null, ramp: RAMP }),
);
const outcome = fc.oneof(
  value.map((one) => ({ value: one, variants: null })),
  fc.array(fc.tuple(value, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 3 }).map((variants) => ({
    value: null,
    variants: `[${variants.map(([one, weight], index) => `{"name":"v${index}","value":${one},"weight":${weight}}`).join()}]`,
  })),
);
const rollout: fc.Arbitrary<GivenRollout> = fc
  .record({
    feature: fc.constantFrom(...FEATURES),
    conditions,
    enabled: fc.nat(5).map((number) => number > 0),
    share,
    outcome,
    pattern: fc.option(fc.constantFrom('^o', '[ab]', '7$'), { freq: 2 }),
    hash: fc.constantFrom('murmur3', 'murmur3', 'crc32'),
    salt: fc.constantFrom('s', 't'),
    members: fc.oneof(fc.constant([]), fc.subarray([...NAMED, ...OTHERS])),
  })
  .map(({ share: shared, outcome: given, ...one }) => ({
    ...one,
    ...shared,
    ...given,
    conditions: one.conditions.filter(([feature]) => feature !== one.feature),
  }));

const rolloutKey = (one: GivenRollout): string => JSON.stringify([one.feature, one.conditions]);

/** What becomes of a rule or rollout: it stays, goes, or is replaced by another under the same id. */
const fated = <T>(one: fc.Arbitrary<T>) =>
  fc.record({ one, fate: fc.constantFrom('stays', 'stays', 'stays', 'goes', 'comes', 'changes'), other: one });

function distinct<T extends Readonly<{ id: number }>>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const keys = new Set<string>();
  return all.filter((one) => keys.size < keys.add(keyOf(one)).size);
}

/** A setting before and after a change. */
const changes = (features: fc.Arbitrary<readonly string[]>, maxRollouts: number) =>
  fc
    .record({
      features,
      defaults: fc.tuple(value, fc.oneof(fc.constant(undefined), value)),
      rules: fc.array(fated(rule), { maxLength: 9 }),
      rollouts: fc.array(
        fated(rollout).chain(({ one, fate, other }) =>
          // Most changes keep the rollout what it is: its natural key, and some of its members.
          fc
            .record(
              {
                percentage: fc.constant('70'),
                ramp: fc.constant(null),
                members: fc.constant(['a', 'p1']),
                enabled: fc.boolean(),
              },
              { requiredKeys: [] },
            )
            .chain((some) => fc.constantFrom({ one, fate, other }, { one, fate, other: { ...one, ...some } })),
        ),
        { maxLength: maxRollouts },
      ),
    })
    .map((given): readonly [Contents, Contents] => {
      const side = (isAfter: boolean): Contents => {
        const pick = <T>({ one, fate, other }: Readonly<{ one: T; fate: string; other: T }>, id: number) => {
          if (fate === (isAfter ? 'goes' : 'comes')) return [];
          return [{ ...(isAfter && fate === 'changes' ? other : one), id: id + 1 }];
        };
        return {
          features: isAfter ? given.features : FEATURES,
          defaultValue: (isAfter ? given.defaults[1] : undefined) ?? given.defaults[0],
          rules: given.rules.flatMap(pick),
          rollouts: distinct(given.rollouts.flatMap(pick), rolloutKey),
        };
      };
      return [side(false), side(true)];
    });

function loaded({ features, defaultValue, rules, rollouts }: Contents): Ruleset {
  const sorted = (all: readonly Condition[]): readonly Condition[] =>
    all.toSorted(([a], [b]) => features.indexOf(a) - features.indexOf(b));
  const builder = new RulesetBuilder();
  for (const one of rules) {
    const stored: StoredRule = { ...one, conditions: sorted(one.conditions), metadata: NO_METADATA };
    builder.add('s', stored);
  }
  const head = {
    ...{ name: 's', type: 'float', version: '1.0', defaultValue: jsonText(defaultValue), aliases: [] },
    ...{ configurableFeatures: features, metadata: NO_METADATA },
    rollouts: rollouts.map(
      ({ members, ...one }) =>
        new LoadedRollout({ ...one, conditions: sorted(one.conditions), metadata: NO_METADATA }, MemberSet.of(members)),
    ),
  };
  return atOnce(builder.finish({ seq: '1', token: 't' }, features, [head]));
}

function evaluatorOf(ruleset: Ruleset): Evaluator {
  const setting = findSetting(ruleset, 's');
  if (setting === undefined) throw new Error('there is no setting');
  return makeEvaluator(atOnce(evaluable(ruleset, setting)));
}

function compared([before, after]: readonly [Contents, Contents]): readonly [Effect, Evaluator, Evaluator] {
  const [old, now] = [loaded(before), loaded(after)];
  return [atOnce(effectOf(old, now, { settings: ['s'], atMs: NOW })), evaluatorOf(old), evaluatorOf(now)];
}

function only({ settings }: Effect): SettingEffect {
  const [first] = settings;
  if (first === undefined) throw new Error('nothing was compared');
  return first;
}

function isDecided({ value: text, by }: Decided, decision: Decision): boolean {
  if (text !== decision.value) return false;
  switch (decision.reason) {
    case 'RULE':
      return by.kind === 'rule' && by.id === decision.ruleId;
    case 'ROLLOUT':
      return by.kind === 'rollout' && by.id === decision.rolloutId && by.variant === decision.variant;
    case 'DEFAULT':
      return by.kind === 'default';
  }
}

function isChange(old: Decision, now: Decision): boolean {
  return old.value !== now.value && jsonKey(old.value) !== jsonKey(now.value);
}

/** Throws where a context changes otherwise than the cells say. */
function checkContext(cells: readonly Cell[], context: Context, old: Decision, now: Decision): void {
  const around = cells.filter((cell) => isInCell(cell, context));
  const told = around.filter(({ from, to }) => isDecided(from, old) && isDecided(to, now));
  const where = () =>
    JSON.stringify([[...context], old, now, around.map(({ from, to, share: part }) => [from, to, part])]);
  const areAll = around.filter(({ share: part }) => part === undefined);
  if (areAll.length > 0 && (around.length > 1 || told.length === 0))
    throw new Error(`not as the cell says: ${where()}`);
  if (isChange(old, now) && told.length !== 1) throw new Error(`${told.length} cells say so: ${where()}`);
}

const CHANGES = [
  ['rules', changes(fc.constant(FEATURES), 0)],
  ['rules and rollouts', changes(fc.constant(FEATURES), 4)],
  ['rules, rollouts and the order of features', changes(fc.shuffledSubarray(FEATURES, { minLength: 3 }), 3)],
] as const;

it.each(CHANGES)('a context changes just where a cell says so: changes of %s', (_, all) => {
  let changed = 0;
  fc.assert(
    fc.property(all, (change) => {
      const [effect, before, after] = compared(change);
      const { cells = [], more = false } = effect.settings[0] ?? {};
      expect(more).toBe(false);
      for (const context of CONTEXTS) {
        const [old, now] = [before.evaluate(context, NOW), after.evaluate(context, NOW)];
        checkContext(cells, context, old, now);
        if (isChange(old, now)) changed += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(changed).toBeGreaterThan(500);
});

/** Units that are no members and have no pattern, another for each feature. */
const PLAIN_UNITS = Array.from({ length: 3_000 }, (_, index) => FEATURES.map((_, place) => `u${index * 3 + place}x`));

/** The least that is known in a cell, many times: other units each time where it takes any. */
function contextsIn({ when }: Cell): readonly Context[] {
  return PLAIN_UNITS.map((units) => {
    const context = new Map<string, string>();
    for (const [feature, { is, known }] of when) {
      const value = is ?? (known === true ? units[FEATURES.indexOf(feature)] : undefined);
      if (value !== undefined) context.set(feature, value);
    }
    return context;
  });
}

it('the share of a cell is that of the units that change so', () => {
  let shares = 0;
  fc.assert(
    fc.property(changes(fc.constant(FEATURES), 4), (change) => {
      const [effect, before, after] = compared(change);
      for (const cell of effect.settings[0]?.cells ?? []) {
        const contexts = contextsIn(cell);
        const changing = contexts.filter(
          (context) =>
            isDecided(cell.from, before.evaluate(context, NOW)) && isDecided(cell.to, after.evaluate(context, NOW)),
        );
        expect(isInCell(cell, contexts[0] ?? new Map())).toBe(true);
        const percent = cell.share?.percent ?? 100;
        if (Math.abs((100 * changing.length) / contexts.length - percent) > 6) {
          throw new Error(`${changing.length} of ${contexts.length} are not ${percent} %`);
        }
        if (percent === 100) expect(changing).toHaveLength(contexts.length);
        if (percent === 0) expect(cell.share?.by).not.toContain('percentage');
        shares += percent > 0 && percent < 100 ? 1 : 0;
      }
    }),
    { numRuns: 30 },
  );
  expect(shares).toBeGreaterThan(15);
});

const BY_USER = {
  feature: 'user',
  conditions: [],
  enabled: true,
  percentage: '0',
  ramp: null,
  pattern: null,
  value: '7',
  variants: null,
  hash: 'murmur3',
  salt: 's',
  members: [],
} as const satisfies GivenRollout;

function change(before: Partial<GivenRollout> | undefined, after: Partial<GivenRollout> | undefined): SettingEffect {
  const sideOf = (given: Partial<GivenRollout> | undefined): Contents => ({
    ...{ features: FEATURES, defaultValue: '0', rules: [{ id: 1, value: '5', conditions: [['account', 'a']] }] },
    rollouts: given === undefined ? [] : [{ ...BY_USER, ...given, id: 3 }],
  });
  const [effect] = compared([sideOf(before), sideOf(after)]);
  return only(effect);
}

/** What of the buckets is in, one by one. */
function bucketsIn(hash: 'murmur3' | 'crc32', thousandths: number): readonly boolean[] {
  const count = hash === 'murmur3' ? BUCKETS : 100;
  return Array.from({ length: count }, (_, bucket) => isWithinShare(hash, bucket, thousandths));
}

const percentage = fc.nat(BUCKETS).map((thousandths) => thousandths / 1000);
const weights = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

/** The JSON text of variants with these weights, each with its place as value. */
function variantsOf(all: readonly number[]): string {
  return `[${all.map((weight, index) => `{"name":"v${index}","value":${index},"weight":${weight}}`).join()}]`;
}

/** The variant of each bucket, one by one. */
function drawnOf(hash: 'murmur3' | 'crc32', all: readonly number[], count: number): readonly number[] {
  const variants = parseStoredVariants(variantsOf(all)) ?? [];
  return Array.from({ length: count }, (_, drawn) => drawnVariant(hash, drawn, variants));
}

const moves = fc.tuple(percentage, percentage, weights, weights);

function movedOf(
  hash: 'murmur3' | 'crc32',
  [from, to, oldWeights, newWeights]: readonly [number, number, number[], number[]],
) {
  const given = (share: number, all: readonly number[]) => {
    return { percentage: String(share), value: null, variants: variantsOf(all), hash };
  };
  return change(given(from, oldWeights), given(to, newWeights)).rollouts[0]?.moved ?? { on: 0, off: 0, between: 0 };
}

it('the shares that move are those of all buckets, counted one by one', () => {
  fc.assert(
    fc.property(moves, ([from, to, oldWeights, newWeights]) => {
      const [was, is] = [bucketsIn('murmur3', Math.round(from * 1000)), bucketsIn('murmur3', Math.round(to * 1000))];
      const [old, now] = [drawnOf('murmur3', oldWeights, BUCKETS), drawnOf('murmur3', newWeights, BUCKETS)];
      const others = old.filter((variant, drawn) => variant !== now[drawn]).length;
      const both = was.filter((isIn, bucket) => isIn && is[bucket] === true).length;
      const moved = movedOf('murmur3', [from, to, oldWeights, newWeights]);
      expect(moved.on).toBe(is.filter((isIn, bucket) => isIn && was[bucket] !== true).length / 1000);
      expect(moved.off).toBe(was.filter((isIn, bucket) => isIn && is[bucket] !== true).length / 1000);
      expect(moved.between).toBe((both * others) / 1e8);
    }),
    { numRuns: 15 },
  );
});

it('with crc32 the shares that move are those of all checksums, which decide on admission and variants alike', () => {
  fc.assert(
    fc.property(moves, ([from, to, oldWeights, newWeights]) => {
      const [was, is] = [bucketsIn('crc32', Math.round(from * 1000)), bucketsIn('crc32', Math.round(to * 1000))];
      const lengths = [oldWeights, newWeights].map((all) => all.reduce((sum, weight) => sum + weight, 0) * all.length);
      const period = lengths.reduce((product, length) => product * length, 100);
      const [old, now] = [drawnOf('crc32', oldWeights, period), drawnOf('crc32', newWeights, period)];
      const counts = { on: 0, off: 0, between: 0 };
      for (let crc = 0; crc < period; crc += 1) {
        const [wasIn, isIn] = [was[crc % 100], is[crc % 100]];
        if (wasIn !== isIn) counts[wasIn === true ? 'off' : 'on'] += 1;
        else if (wasIn === true && old[crc] !== now[crc]) counts.between += 1;
      }
      const moved = movedOf('crc32', [from, to, oldWeights, newWeights]);
      expect(moved.on).toBe(counts.on / (period / 100));
      expect(moved.off).toBe(counts.off / (period / 100));
      expect(moved.between).toBeCloseTo(counts.between / (period / 100), 7);
    }),
    { numRuns: 15 },
  );
});

it('a new rollout moves its share of the units, wherever no rule stands above it', () => {
  const { cells, rollouts } = change(undefined, { percentage: '5', members: ['a'] });
  expect(rollouts).toMatchObject([
    { outcome: 'created', fromThousandths: undefined, toThousandths: 5_000, moved: { on: 5 }, members: { added: 1 } },
  ]);
  const share = { percent: 5, by: expect.arrayContaining(['member', 'percentage']) as unknown };
  const to = { value: '7', by: { kind: 'rollout', id: 3, variant: undefined } };
  expect(cells.map((cell) => ({ ...cell, when: Object.fromEntries(cell.when) }))).toEqual([
    {
      when: { account: { not: ['a'] }, user: { known: true } },
      ...{ except: [], omitted: 0, share, to, from: { value: '0', by: { kind: 'default' } } },
    },
    {
      when: { account: { is: 'a' }, user: { known: true } },
      ...{ except: [], omitted: 0, share, to, from: { value: '5', by: { kind: 'rule', id: 1 } } },
    },
  ]);
});

it('members and patterns that come and go are told, and a ramp by what it has come to', () => {
  const ramp = { percentage: null, ramp: RAMP };
  const members = ['a', 'b', 'c'];
  expect(change({ members, pattern: 'x' }, { ...ramp, members: ['c', 'd'] }).rollouts).toMatchObject([
    {
      ...{ outcome: 'changed', fromThousandths: 0, toThousandths: 30_000, hasRamp: true },
      ...{ members: { added: 1, removed: 2 }, pattern: 'removed', moved: { on: 30, off: 0, between: 0 } },
    },
  ]);
  const off = change({ ...ramp, members }, { ...ramp, members, enabled: false, pattern: 'x' });
  expect(off.rollouts).toMatchObject([
    { fromThousandths: 30_000, toThousandths: undefined, pattern: 'added', moved: { on: 0, off: 30, between: 0 } },
  ]);
  expect(off.lint?.added.map(({ kind }) => kind)).toEqual(['rollout-disabled']);
});

const MANY = 5_000;

function ofManyUsers(defaultValue: string, more: readonly (GivenRule & Readonly<{ id: number }>)[] = []): Contents {
  const rules = Array.from({ length: MANY }, (_, index) => {
    return { id: index + 1, value: String(index % 7), conditions: [['user', `u${index}`]] as const };
  });
  return { features: FEATURES, defaultValue, rules: [...rules, ...more], rollouts: [] };
}

function stepsOf(before: Contents, after: Contents): readonly [SettingEffect, number] {
  const steps = effectOf(loaded(before), loaded(after), { settings: ['s'], atMs: NOW });
  for (let count = 0; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return [only(step.value), count];
  }
}

it('more cells than are listed are said to be there, and what rules take from a cell is counted beyond some hundred', () => {
  const dark = { id: MANY + 1, value: '9', conditions: [['theme', 'dark']] as const };
  const [{ cells, more }, steps] = stepsOf(ofManyUsers('0'), ofManyUsers('0', [dark]));
  expect(cells).toHaveLength(1_000);
  expect(more).toBe(true);
  expect(steps).toBeGreaterThan(60);
  const [byDefault] = stepsOf(ofManyUsers('0'), ofManyUsers('8'));
  expect(byDefault).toMatchObject({ more: false, lint: undefined, cells: [{ except: [], omitted: MANY - 500 }] });
  expect(byDefault.cells[0]?.when.get('user')?.not).toHaveLength(500);
});

it('nothing is found where no value changes, however the setting was written again', () => {
  const contents = ofManyUsers('0');
  expect(stepsOf(contents, { ...contents, defaultValue: '0.0' })[0]).toMatchObject({ cells: [], more: false });
});

const CONTEXTS_GIVEN = CONTEXTS.slice(0, 200);

it('of contexts given, those that change are counted, with examples', () => {
  let changed = 0;
  fc.assert(
    fc.property(CHANGES[2][1], ([before, after]) => {
      const [old, now] = [loaded(before), loaded(after)];
      const { samples } = atOnce(effectOf(old, now, { settings: ['s'], atMs: NOW, contexts: CONTEXTS_GIVEN }));
      const changing = CONTEXTS_GIVEN.filter((context) => {
        const [was, is] = [evaluatorOf(old), evaluatorOf(now)].map((one) => one.evaluate(context, NOW).value);
        return was !== undefined && is !== undefined && jsonKey(was) !== jsonKey(is);
      });
      expect(samples).toMatchObject({ seen: 200, changed: changing.length });
      expect(samples?.examples.map(({ context }) => context)).toEqual(changing.slice(0, 5));
      changed += changing.length;
    }),
    { numRuns: 15 },
  );
  expect(changed).toBeGreaterThan(50);
});

it('a setting that comes or goes is told without cells, and one that is renamed as the same one', () => {
  const head = {
    ...{ type: 'int', version: '1.0', defaultValue: jsonText('1'), configurableFeatures: FEATURES },
    ...{ metadata: NO_METADATA, rollouts: [] },
  };
  const rulesetOf = (...names: readonly (readonly [string, ...string[]])[]): Ruleset => {
    const heads = names.map(([name, ...aliases], index) => ({
      ...head,
      name,
      aliases,
      defaultValue: jsonText(`${index}`),
    }));
    return atOnce(new RulesetBuilder().finish({ seq: '1', token: 't' }, FEATURES, heads));
  };
  const [before, after] = [rulesetOf(['gone'], ['old']), rulesetOf(['new', 'old'], ['come'])];
  const { settings } = atOnce(effectOf(before, after, { settings: ['old', 'new', 'gone', 'come', 'none'], atMs: NOW }));
  expect(settings).toMatchObject([
    { setting: 'new', outcome: 'changed', renamedFrom: 'old', cells: [{ from: { value: '1' }, to: { value: '0' } }] },
    { setting: 'gone', outcome: 'deleted', cells: [] },
    { setting: 'come', outcome: 'created', cells: [] },
  ]);
});
