import * as fc from 'fast-check';
import { formatFilter, parseFilter, type SettingsFilter } from './filter-text.js';

it.each([
  ['checkout type:bool', { text: 'checkout', type: 'bool' }],
  ['has:rollouts has:findings', { has: ['rollouts', 'findings'] }],
  ['owner:"web team" x y', { owner: 'web team', text: 'x y' }],
  ['has:nothing type:', { text: 'has:nothing type:' }],
  ['http://x', { text: 'http://x' }],
  ['type:Enum["a","b"]', { type: 'Enum["a","b"]' }],
])('%s', (line, expected) => {
  expect(parseFilter(line)).toEqual({
    text: '',
    type: undefined,
    owner: undefined,
    feature: undefined,
    has: [],
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
  has: fc.uniqueArray(fc.constantFrom('rules', 'rollouts', 'override', 'findings')),
});

it('a filter that is clicked together is the one that is typed', () => {
  fc.assert(fc.property(filters, (filter) => expect(parseFilter(formatFilter(filter))).toEqual(filter)));
});
