import { HeksherError } from '@heksher/core';
import { parseQuery, type RulesQuery } from './query.js';

const EVERYTHING: RulesQuery = {
  settings: undefined,
  filter: { kind: 'everything' },
  includeMetadata: false,
  includeRollouts: false,
};
const byFeature = (entries: readonly (readonly [string, '*' | readonly string[]])[]): RulesQuery['filter'] => ({
  kind: 'by-feature',
  features: new Map(entries.map(([feature, values]) => [feature, values === '*' ? values : new Set(values)])),
});

it.each<[queryString: string, query: Partial<RulesQuery>]>([
  ['', {}],
  ['&&', {}],
  ['other=1&Settings=a&other=2', {}],
  ['settings=', { settings: [] }],
  ['settings', { settings: [] }],
  ['settings=a', { settings: ['a'] }],
  ['settings=b,a,b', { settings: ['b', 'a', 'b'] }],
  ['settings=a%2Cb', { settings: ['a', 'b'] }],
  ['%73ettings=%61', { settings: ['a'] }],
  ['settings=__proto__,constructor', { settings: ['__proto__', 'constructor'] }],
  ['settings=a+b', { settings: ['a b'] }],
  ['settings=a,', { settings: ['a', ''] }],
  ['settings=%ff', { settings: ['\ufffd'] }],
  ['context_filters=*', {}],
  ['context_filters=%2A', {}],
  ['context_filters=', { filter: byFeature([]) }],
  [
    'context_filters=user:(a,b),theme:*',
    {
      filter: byFeature([
        ['user', ['a', 'b']],
        ['theme', '*'],
      ]),
    },
  ],
  ['context_filters=user%3A%28a%2Bb%29', { filter: byFeature([['user', ['a+b']]]) }],
  ['context_filters=user:(%C3%A9)', { filter: byFeature([['user', ['é']]]) }],
  ['include_metadata=True', { includeMetadata: true }],
  ['include_metadata=off', {}],
  ['include_rollouts=yes', { includeRollouts: true }],
  [
    'include_metadata=1&settings=a&context_filters=user:*',
    { settings: ['a'], filter: byFeature([['user', '*']]), includeMetadata: true },
  ],
])('%j is read', (queryString, query) => {
  expect(parseQuery(queryString)).toEqual({ ...EVERYTHING, ...query });
});

it.each<[queryString: string, code: string, fields: readonly string[], message: RegExp]>([
  ['settings=a&settings=a', 'invalid', ['settings'], /once, not 2 times/],
  ['context_filters=user:()', 'invalid', ['context_filters'], /user:\(\)/],
  ['context_filters=*&context_filters=*&context_filters=', 'invalid', ['context_filters'], /not 3 times/],
  ['context_filters=user:(a+b)', 'invalid', ['context_filters'], /a b/],
  ['context_filters=user:*,user:*', 'not_acceptable_here', ['context_filters'], /"user" is filtered twice/],
  ['include_metadata=', 'invalid', ['include_metadata'], /true\/false/],
  ['include_metadata', 'invalid', ['include_metadata'], /true\/false/],
  ['include_metadata=2', 'invalid', ['include_metadata'], /"2"/],
  ['include_rollouts=2', 'invalid', ['include_rollouts'], /"2"/],
  [
    'settings=a&settings=b&context_filters=-&include_metadata=-',
    'invalid',
    ['settings', 'context_filters', 'include_metadata'],
    /-/,
  ],
])('%j is refused as %s, naming %j', (queryString, code, fields, message) => {
  let thrown: unknown;
  try {
    parseQuery(queryString);
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof HeksherError)) throw new Error('nothing of ours was thrown');
  expect(thrown.code).toBe(code);
  expect(thrown.message).toMatch(message);
  expect(thrown.errors.map(({ field }) => field)).toEqual(fields);
});
