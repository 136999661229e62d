import { parseContextFilter } from '@heksher/core';
import { ProblemLog } from '../problems.js';
import { type TrackedContexts, Tracking } from '../resolution/tracking.js';
import { queriesFor } from './query.js';

const tracking = (tracked?: TrackedContexts) => new Tracking(tracked, new ProblemLog(() => undefined));

const parametersOf = (path: string) => new URL(path, 'http://service').searchParams;

it('asks for the settings by name, in whatever order they were declared', () => {
  const [query, ...others] = queriesFor(['b', 'a.c'], tracking());
  expect(others).toEqual([]);
  expect(query?.names).toEqual(['a.c', 'b']);
  const parameters = parametersOf(query?.path ?? '');
  expect(Object.fromEntries(parameters)).toEqual({ settings: 'a.c,b', context_filters: '*', include_rollouts: 'true' });
  expect(queriesFor(['a.c', 'b'], tracking())).toEqual([query]);
  expect(queriesFor([], tracking())).toEqual([]);
});

it('divides many settings among queries that servers take, each setting once', () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `service.subsystem.setting_${index}`);
  const queries = queriesFor(names, tracking({ user: ['a', 'b'] }));
  expect(queries.length).toBeGreaterThan(1);
  for (const { path, names: asked } of queries) {
    expect(path.length).toBeLessThanOrEqual(7_000);
    expect(parametersOf(path).get('settings')).toBe(asked.join(','));
  }
  expect(queries.flatMap(({ names: asked }) => asked).sort()).toEqual(names.sort());
});

it('what is tracked is the context filter', () => {
  const [query] = queriesFor(['a'], tracking({ account: '*', user: ['z', 'ünï@x'] }));
  const filter = parametersOf(query?.path ?? '').get('context_filters') ?? '';
  expect(filter).toBe('account:*,user:(z,ünï@x)');
  expect(() => parseContextFilter(filter)).not.toThrow();
  expect(parametersOf(queriesFor(['a'], tracking({}))[0]?.path ?? '').get('context_filters')).toBe('');
});

it('where no URL holds all values, asks for any of the feature with the most', () => {
  const user = Array.from({ length: 2_000 }, (_, index) => `user${index}`);
  const [query] = queriesFor(['a'], tracking({ account: ['x'], user }));
  expect(parametersOf(query?.path ?? '').get('context_filters')).toBe('account:(x),user:*');
});

it.each<[TrackedContexts, RegExp]>([
  [{ 'a-b': '*' }, /"a-b" is no name/],
  [{ user: [] }, /no value of user; accepted/],
  [{ user: ['a b'] }, /"a b" as a value of user; accepted/],
])('refuses to track %j', (tracked, message) => {
  expect(() => tracking(tracked)).toThrow(message);
});
