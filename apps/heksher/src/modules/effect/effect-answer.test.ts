import { atOnce, jsonText } from '@heksher/core';
import { type Cell, type Effect, KNOWN, type SettingEffect } from '@heksher/ruleset';
import { effectAnswer } from './effect-answer.js';

const CELL: Cell = {
  when: new Map([
    ['account', { is: 'jim' }],
    ['user', { known: true, not: ['guest'] }],
  ]),
  except: [
    new Map<string, string | typeof KNOWN>([
      ['user', 'bob'],
      ['theme', KNOWN],
    ]),
  ],
  omitted: 2,
  from: { value: jsonText('1.0'), by: { kind: 'rule', id: 7 } },
  to: { value: jsonText('{"b":1,"a":12345678901234567890}'), by: { kind: 'rollout', id: 3, variant: 'large' } },
  share: { percent: 5.125, by: ['percentage', 'member'] },
};

const SETTING: SettingEffect = {
  setting: 'cache_size',
  outcome: 'changed',
  renamedFrom: undefined,
  cells: [CELL],
  more: false,
  rollouts: [],
  lint: undefined,
};

function answerOf(settings: readonly SettingEffect[], rest: Partial<Effect> = {}): string {
  return atOnce(effectAnswer({ settings, samples: undefined, ...rest }));
}

it('a cell is told by its features, with the values as they are stored', () => {
  expect(answerOf([SETTING])).toBe(
    '{"settings":[{"setting":"cache_size","outcome":"changed","cells":[{' +
      '"when":{"account":{"is":"jim"},"user":{"not":["guest"],"known":true}},' +
      '"except":[{"user":{"is":"bob"},"theme":{"known":true}}],"except_omitted":2,' +
      '"from":{"value":1.0,"by":{"kind":"rule","rule_id":7}},' +
      '"to":{"value":{"b":1,"a":12345678901234567890},"by":{"kind":"rollout","rollout_id":3,"variant":"large"}},' +
      '"share":{"percent":5.125,"by":["percentage","member"]}}],' +
      '"more":false,"rollouts":[],"rollouts_omitted":0,"lint":null}],"omitted":0}',
  );
});

it('rollouts, findings and contexts are told', () => {
  const finding = { about: null, ruleIds: [], rolloutIds: [3], message: 'it is off' };
  const setting: SettingEffect = {
    ...{ ...SETTING, cells: [], renamedFrom: 'cache' },
    rollouts: [
      {
        ...{ id: 3, feature: 'user', conditions: [['account', 'jim']], outcome: 'changed' },
        ...{ fromThousandths: 33_333, toThousandths: undefined, moved: undefined, hasRamp: true },
        ...{ members: { added: 1, removed: 2 }, pattern: 'changed' },
      },
    ],
    lint: { added: [{ kind: 'rollout-disabled', ...finding }], removed: [] },
  };
  const example = { context: new Map([['user', 'bob']]), setting: 'cache_size', from: CELL.from, to: CELL.from };
  expect(JSON.parse(answerOf([setting], { samples: { seen: 9, changed: 1, examples: [example] } }))).toMatchObject({
    settings: [
      {
        renamed_from: 'cache',
        rollouts: [
          {
            ...{ rollout_id: 3, feature: 'user', feature_values: { account: 'jim' }, from: 33.333, to: null },
            ...{ moved: null, members: { added: 1, removed: 2 }, pattern: 'changed', ramp: true },
          },
        ],
        lint: { added: [{ kind: 'rollout_disabled', rollout_ids: [3] }], removed: [], omitted: 0 },
      },
    ],
    recent_contexts: {
      ...{ seen: 9, changed: 1 },
      examples: [{ context: { user: 'bob' }, setting: 'cache_size', from: { value: 1, by: { kind: 'rule' } } }],
    },
  });
});

it('a long answer is cut off, and says so', () => {
  const long = { ...CELL, to: { ...CELL.to, value: jsonText(JSON.stringify('x'.repeat(10_000))) } };
  const text = answerOf([{ ...SETTING, cells: Array.from({ length: 1_000 }, () => long) }, SETTING]);
  expect(text.length).toBeLessThan(1_100_000);
  const { settings } = JSON.parse(text) as { settings: readonly { cells: readonly unknown[]; more: boolean }[] };
  expect(settings.map(({ cells, more }) => [cells.length > 50, more])).toEqual([
    [true, true],
    [false, true],
  ]);
  const many = JSON.parse(answerOf(Array.from({ length: 1_002 }, () => SETTING))) as { omitted: number };
  expect(many.omitted).toBe(2);
});
