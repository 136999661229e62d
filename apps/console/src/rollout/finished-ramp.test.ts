import { parseJson, type Writable, writeJson } from '@heksher/core';
import { NO_MEMBERS } from '../api/exact.js';
import { type SettingView } from '../api/queries.js';
import { finishedRamp } from './finished-ramp.js';

const setting = {
  name: 'cache_size',
  type: 'float',
  version: '1.3',
  default_value: parseJson('60'),
  configurable_features: ['account', 'user'],
  context_features: ['account', 'user'],
  metadata: NO_MEMBERS,
  aliases: [],
  lines: [],
  lines_omitted: 0,
  findings: [],
} as unknown as SettingView;
const ramp = { from: 0, to: 100, start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' };
const rollout = { feature: 'user', feature_values: {}, enabled: true, ramp, value: parseJson('70.0') };
const NOW_MS = Date.parse('2026-03-11T12:00:00Z');

it('the value becomes the default as it is written, and the rollout goes, as it was seen', () => {
  const { days, operations } = finishedRamp(setting, rollout, NOW_MS) ?? {};
  expect(days).toBe(9);
  expect(writeJson((operations ?? null) as Writable)).toBe(
    '[{"op":"declare","name":"cache_size","type":"float","default_value":70.0,"configurable_features":["account","user"],"version":"1.4"},' +
      '{"op":"delete_rollout","setting":"cache_size","feature":"user","feature_values":{},"expect":{"enabled":true,"value":70.0,' +
      `"ramp":${JSON.stringify(ramp)}}}]`,
  );
});

it('nothing is declared where the default is the same', () => {
  const { operations } = finishedRamp(setting, { ...rollout, value: parseJson('60') }, NOW_MS) ?? {};
  expect(operations?.map(({ op }) => op)).toEqual(['delete_rollout']);
});

it.each([
  ['goes on', { ramp: { ...ramp, end: '2026-03-12T00:00:00Z' } }],
  ['ended before everyone had it', { ramp: { ...ramp, to: 50 } }],
  ['is off', { enabled: false }],
  ['is for some', { feature_values: { account: 'jim' } }],
  ['has variants', { value: undefined }],
  ['is no ramp', { ramp: undefined }],
])('one that %s is not asked about', (_, part) => {
  expect(finishedRamp(setting, { ...rollout, ...part }, NOW_MS)).toBeUndefined();
});
