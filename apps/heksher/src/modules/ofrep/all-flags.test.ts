import { atOnce, type Context, jsonText } from '@heksher/core';
import { LoadedRollout, MemberSet, NO_METADATA, type Ruleset, RulesetBuilder } from '@heksher/ruleset';
import { EvaluationReading } from '../evaluation/evaluation-reading.js';
import { AllFlags } from './all-flags.js';
import { writeFlag } from './flag.js';

const FEATURES = ['account', 'user', 'theme'];

type Given = Readonly<{
  rules: readonly (readonly [value: string, conditions: Record<string, string>])[];
  share?: number;
}>;

let token = 0;

/** A ruleset with these settings, each with a rollout by user where it has a share. */
function rulesetOf(settings: Readonly<Record<string, Given>>, features = FEATURES): Ruleset {
  const builder = new RulesetBuilder();
  let id = 0;
  const heads = Object.entries(settings).map(([name, { rules, share }]) => {
    for (const [value, given] of rules) {
      const conditions = Object.entries(given).sort(([a], [b]) => features.indexOf(a) - features.indexOf(b));
      builder.add(name, { id: (id += 1), value, conditions, metadata: NO_METADATA });
    }
    const stored = {
      id: (id += 1),
      feature: 'user',
      enabled: true,
      percentage: String(share),
      ramp: null,
      pattern: null,
    };
    const rest = { value: null, hash: 'murmur3', salt: name, conditions: [], metadata: jsonText('{}') };
    const variants = '[{"name":"a","value":"A","weight":1},{"name":"b","value":"B","weight":3}]';
    const rollouts = share === undefined ? [] : [new LoadedRollout({ ...stored, ...rest, variants }, MemberSet.of([]))];
    const head = { name, type: 'str', version: '1.0', defaultValue: jsonText('"default"'), aliases: [] };
    return { ...head, configurableFeatures: features, metadata: NO_METADATA, rollouts };
  });
  return atOnce(builder.finish({ seq: '1', token: String((token += 1)) }, features, heads));
}

const contextOf = (values: Record<string, string>): Context => new Map(Object.entries(values));

const GIVEN: readonly Record<string, string>[] = [
  {},
  { user: 'u1' },
  { user: 'u2', theme: 'dark' },
  { user: 'u3', account: 'jim', theme: 'light' },
  { user: 'u2099', account: 'jim' },
];
const CONTEXTS = GIVEN.map(contextOf);

/** All flags are as each of them by itself, in every context. */
function expectEach(all: AllFlags, ruleset: Ruleset): void {
  const reading = new EvaluationReading({ ruleset, staleSeconds: undefined });
  for (const context of CONTEXTS) {
    const flags = Array.from(reading.settings(), (setting) =>
      atOnce(writeFlag(setting.name, setting, reading.hasRules(setting), reading.evaluate(setting, context, 0))),
    );
    const body = atOnce(all.write(reading, context, 0)).toString();
    expect(body).toBe(`{"flags":[${flags.join(',')}],"metadata":{"revision":"${ruleset.revision.token}"}}`);
  }
}

const rule = (value: string, conditions: Record<string, string>) => [JSON.stringify(value), conditions] as const;
const errors: unknown[] = [];
const tally = new Float64Array(8);
const newFlags = () =>
  new AllFlags({ error: (message) => errors.push(message) }, { of: () => tally, addSetting: () => undefined });
afterEach(() => expect(errors).toEqual([]));

const SETTINGS: Readonly<Record<string, Given>> = {
  plain: { rules: [] },
  ruled: { rules: [rule('dark', { theme: 'dark' }), rule('jim', { account: 'jim' }), rule('u2', { user: 'u2' })] },
  split: { rules: [rule('light', { account: 'jim', theme: 'light' })], share: 50 },
  large: { rules: Array.from({ length: 2_100 }, (_, n) => rule(`u${n}`, { user: `u${n}` })), share: 100 },
};

it('no flags are an empty list', () => expectEach(newFlags(), rulesetOf({})));

it('each flag is as by itself, large settings too', () => {
  const all = newFlags();
  const ruleset = rulesetOf(SETTINGS);
  expectEach(all, ruleset);
  expectEach(all, ruleset);
});

it('many flags are written in steps', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`s${n}`, { rules: [], share: 50 }]));
  const all = newFlags();
  expectEach(all, rulesetOf(many));
  const ruleset = rulesetOf(many);
  const reading = new EvaluationReading({ ruleset, staleSeconds: undefined });
  atOnce(all.write(reading, contextOf({}), 0));
  expect([...all.write(reading, contextOf({}), 0)]).toHaveLength(3);
});

it('a ruleset with other settings, or with its features in another order, is another one', () => {
  const all = newFlags();
  expectEach(all, rulesetOf(SETTINGS));
  expectEach(all, rulesetOf({ ...SETTINGS, ruled: { rules: [rule('other', { user: 'u1' })] } }));
  expectEach(all, rulesetOf(SETTINGS, ['theme', 'user', 'account']));
});

it('a flag whose value no client could read is an error among the others', () => {
  const ruleset = rulesetOf({ ...SETTINGS, odd: { rules: [['NaN', { theme: 'dark' }]] } });
  const reading = new EvaluationReading({ ruleset, staleSeconds: undefined });
  const body = atOnce(newFlags().write(reading, contextOf({ theme: 'dark' }), 0)).toString();
  const { flags } = JSON.parse(body) as { flags: readonly { key: string; errorCode?: string }[] };
  expect(flags.map(({ key, errorCode }) => [key, errorCode])).toEqual([
    ['large', undefined],
    ['odd', 'PARSE_ERROR'],
    ['plain', undefined],
    ['ruled', undefined],
    ['split', undefined],
  ]);
});
