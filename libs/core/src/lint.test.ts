import { type EvaluableRule } from './candidate.js';
import { jsonText } from './json.js';
import { type LintedSetting, lintRuleset } from './lint.js';
import { type Rollout } from './rollout.js';
import { parseSettingType } from './setting-type-parser.js';

const NOW = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;

const ruleOf = (id: number, conditions: Record<string, string>, value = String(id)): EvaluableRule => ({
  id,
  conditions: Object.entries(conditions),
  value: jsonText(value),
});

const rolloutOf = (id: number, change: Partial<Rollout> = {}): Rollout => ({
  id,
  feature: 'user',
  conditions: [],
  enabled: true,
  share: { kind: 'fixed', thousandths: 50_000 },
  members: new Set(),
  pattern: undefined,
  outcome: { kind: 'value', value: jsonText(String(1000 + id)) },
  hash: 'murmur3',
  salt: 'cache_size',
  ...change,
});

const at = (thousandths: number) => ({ share: { kind: 'fixed', thousandths } }) as const;
const rampTo = (toThousandths: number, endMs: number) =>
  ({ share: { kind: 'ramp', startMs: endMs - DAY, endMs, fromThousandths: 1000, toThousandths } }) as const;

const lint = (rules: readonly EvaluableRule[], rollouts: readonly Rollout[] = [], more: Partial<LintedSetting> = {}) =>
  lintRuleset({ features: ['account', 'user', 'theme'], defaultValue: jsonText('0'), rules, rollouts, ...more }, NOW);

const outline = (findings: ReturnType<typeof lint>) =>
  findings.map(({ kind, about, ruleIds, rolloutIds }) => {
    return `${kind} ${about?.kind} ${about?.id} [${ruleIds.join()}] [${rolloutIds.join()}]`;
  });

describe('lintRuleset', () => {
  it('finds nothing in a ruleset without faults', () => {
    const rules = [ruleOf(1, {}), ruleOf(2, { user: 'guest' }), ruleOf(3, { account: 'jim', user: 'guest' })];
    expect(lint(rules, [rolloutOf(1), rolloutOf(2, { conditions: [['account', 'jim']] })])).toEqual([]);
  });

  it('finds a rule with the conditions of an older one', () => {
    const findings = lint([ruleOf(9, { user: 'x', theme: 'y' }), ruleOf(4, { theme: 'y', user: 'x' })]);
    expect(outline(findings)).toEqual(['never-wins rule 9 [9,4] []']);
    expect(findings[0]?.message).toBe('rule 9 never decides: rule 4 is older and has the same conditions');
  });

  it('finds a rollout of members that all have rules of their own, and no other', () => {
    const rules = [ruleOf(1, { user: 'ann' }), ruleOf(2, { account: 'jim', user: 'bob' })];
    const members = new Set(['ann', 'bob']);
    const ofJim = { conditions: [['account', 'jim']] } as const;
    expect(outline(lint(rules, [rolloutOf(5, { ...at(0), members, ...ofJim })]))).toEqual([
      'never-wins rollout 5 [1,2] [5]',
      'rollout-at-zero rollout 5 [] [5]',
    ]);
    for (const change of [{}, { ...ofJim, members: null }, { ...ofJim, members: new Set(['ann', 'eve']) }]) {
      expect(outline(lint(rules, [rolloutOf(5, { ...at(0), members, ...change })]))).toEqual([
        'rollout-at-zero rollout 5 [] [5]',
      ]);
    }
  });

  it.each([
    ['at 0 %, for members', { ...at(0), members: new Set(['ann']) }, ['rollout-at-zero']],
    ['at 0 %, for nobody', at(0), ['never-wins', 'rollout-at-zero']],
    ['at 100 %', at(100_000), ['rollout-at-hundred']],
    ['at 99.5 %', at(99_500), []],
    ['at 99.5 % of a hundred buckets', { ...at(99_500), hash: 'crc32' }, ['rollout-at-hundred']],
    ['switched off', { ...at(100_000), enabled: false }, ['rollout-disabled']],
    ['with a ramp that is to end', rampTo(100_000, NOW + 1), []],
    ['with a ramp that has just ended', rampTo(50_000, NOW - 1), []],
    ['with a ramp that ended a week ago', rampTo(50_000, NOW - 7 * DAY), ['ramp-finished']],
    ['with a ramp to 100 % that ended long ago', rampTo(100_000, 0), ['rollout-at-hundred', 'ramp-finished']],
  ] as const)('of a rollout %s reports %j', (_, change, kinds) => {
    expect(lint([], [rolloutOf(1, change)]).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('says of a ramp long finished when it ended and what would say the same', () => {
    expect(lint([], [rolloutOf(1, rampTo(33_333, NOW - 30 * DAY))])[0]?.message).toBe(
      'rollout 1 has a ramp that ended at 2026-01-30T00:00:00.000Z: a percentage of 33.333 says the same',
    );
  });

  it('finds what decides only where a feature is unknown', () => {
    const rules = [
      ruleOf(1, { account: 'jim' }),
      ruleOf(2, { user: 'guest' }),
      ruleOf(3, { theme: 'dark' }),
      ruleOf(4, {}),
    ];
    expect(outline(lint(rules, [rolloutOf(8, at(100_000))]))).toEqual([
      'rollout-at-hundred rollout 8 [] [8]',
      'wins-only-without-feature rule 1 [1] [8]',
      'wins-only-without-feature rule 4 [4] [8]',
    ]);
  });

  it('finds what repeats the default, however it is spelled', () => {
    const findings = lint(
      [ruleOf(1, { user: 'x' }, '0.0')],
      [rolloutOf(3, { outcome: { kind: 'value', value: jsonText('-0') } })],
    );
    expect(outline(findings)).toEqual(['repeats-overridden rule 1 [1] [3]', 'repeats-default rollout 3 [] [3]']);
    expect(findings[1]?.message).toBe(
      'rollout 3 changes nothing: where it decides, the default would decide without it, with the same value',
    );
  });

  it('finds what repeats the rule that it overrides, unless another may come between', () => {
    const rules = [ruleOf(1, { account: 'jim' }, '5'), ruleOf(2, { account: 'jim', theme: 'dark' }, '5')];
    expect(outline(lint(rules))).toEqual(['repeats-overridden rule 2 [2,1] []']);
    expect(lint([...rules, ruleOf(3, { user: 'x' }, '6')])).toEqual([]);
    expect(outline(lint([...rules, ruleOf(3, { account: 'bob', user: 'x' }, '6')]))).toEqual([
      'repeats-overridden rule 2 [2,1] []',
    ]);
    expect(lint(rules, [rolloutOf(3, { enabled: false })]).map(({ kind }) => kind)).toEqual(['rollout-disabled']);
  });

  it('does not call an experiment whose variants are equal a repeat', () => {
    const variants = ['a', 'b'].map((name) => ({ name, value: jsonText('0'), weight: 1 }));
    expect(lint([], [rolloutOf(1, { outcome: { kind: 'variants', variants } })])).toEqual([]);
  });

  it('finds values that are not of the type', () => {
    const variants = ['1', '"2"'].map((text) => ({ name: text, value: jsonText(text), weight: 1 }));
    const rules = [ruleOf(1, {}), ruleOf(2, { user: 'x' }, 'NaN'), ruleOf(3, { user: 'y' }, '1.5')];
    const rollouts = [rolloutOf(4, { outcome: { kind: 'variants', variants } }), rolloutOf(5, { feature: 'theme' })];
    const findings = lint(rules, rollouts, { type: parseSettingType('int') });
    expect(outline(findings)).toEqual([
      'unfit-value rule 2 [2] []',
      'unfit-value rule 3 [3] []',
      'unfit-value rollout 4 [] [4]',
    ]);
    expect(findings[0]?.message).toBe('rule 2 has a value that is not of the type int');
    expect(lint(rules, rollouts, { type: null })).toEqual([]);
  });

  it('says what it has not checked of a ruleset that is too large', () => {
    const features = Array.from({ length: 11 }, (_, index) => `f${index}`);
    const rules = Array.from({ length: 2048 }, (_, bits) =>
      ruleOf(bits, Object.fromEntries(features.filter((_, at) => bits & (1 << at)).map((name) => [name, 'x']))),
    );
    expect(outline(lint(rules, [], { features }))).toEqual(['not-checked undefined undefined [] []']);
  });
});
