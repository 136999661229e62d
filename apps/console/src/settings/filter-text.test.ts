import * as fc from 'fast-check';
import { changedSince, formatFilter, parseFilter, type SettingsFilter } from './filter-text.js';

it.each([
  ['checkout type:bool', { text: 'checkout', type: 'bool' }],
  ['has:rollouts has:findings', { has: ['rollouts', 'findings'] }],
  ['owner:"web team" x y', { owner: 'web team', text: 'x y' }],
  ['has:nothing type:', { text: 'has:nothing type:' }],
  ['value:"10.0.0.7" changed:7d no:owner', { value: '10.0.0.7', changed: '7d', no: ['owner'] }],
  [String.raw`value:"say \"hi\" \\o/"`, { value: String.raw`say "hi" \o/` }],
  ['changed:lately no:rules', { text: 'changed:lately no:rules' }],
  ['changed:2026-03-01 changed:2026-02-30T', { text: 'changed:2026-02-30T', changed: '2026-03-01' }],
  ['http://x', { text: 'http://x' }],
  ['type:Enum["a","b"]', { type: 'Enum["a","b"]' }],
])('%s', (line, expected) => {
  expect(parseFilter(line)).toEqual({
    text: '',
    type: undefined,
    owner: undefined,
    feature: undefined,
    value: undefined,
    changed: undefined,
    has: [],
    no: [],
    ...expected,
  });
});

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const filters: fc.Arbitrary<SettingsFilter> = fc.record({
  text: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
  type: fc.option(word, { nil: undefined }),
  owner: fc.option(
    fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(' ')),
    { nil: undefined },
  ),
  feature: fc.option(word, { nil: undefined }),
  value: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  changed: fc.option(fc.constantFrom('7d', '1h', '2026-03-01'), { nil: undefined }),
  has: fc.uniqueArray(fc.constantFrom('rules', 'rollouts', 'override', 'findings')),
  no: fc.subarray(['owner']),
});

it('a filter that is clicked together is the one that is typed', () => {
  fc.assert(fc.property(filters, (filter) => expect(parseFilter(formatFilter(filter))).toEqual(filter)));
});

it.each([
  ['90m', '2026-03-01T07:30:00.000Z'],
  ['7d', '2026-02-22T09:00:00.000Z'],
  ['2026-02-01', '2026-02-01T00:00:00.000Z'],
  ['2026-02-01T10:00+01:00', '2026-02-01T09:00:00.000Z'],
  ['7y', undefined],
  ['2026-13-01', undefined],
])('changed:%s is since %s', (text, expected) => {
  expect(changedSince(text, Date.parse('2026-03-01T09:00:00Z'))).toBe(expected);
});
