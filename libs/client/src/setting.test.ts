import { HeksherError } from '@heksher/core';
import { bodyOfDeclaration } from './declaration.js';
import { openLogs, ProblemLog } from './problems.js';
import { setting } from './setting.js';
import { Enum, Flags, Mapping, Sequence } from './types/type-builders.js';

/** Settings that no client was given say so, which is not what these tests are about. */
beforeEach(() => void openLogs.add(new ProblemLog(() => undefined)));

const user = { configurableFeatures: ['user'] } as const;

it('gives its declared default where nothing is known of it', async () => {
  const size = setting('size', { ...user, type: 'int', defaultValue: 60 });
  expect(size.get()).toBe(60);
  expect(size.evaluate({ user: 'jim' })).toEqual({ value: 60, reason: 'DEFAULT' });
  expect(await size.resolve()).toEqual({ value: 60, reason: 'DEFAULT' });
});

it('gives the default of Flags as a set, frozen as all values are', () => {
  const flags = setting('flags', {
    ...user,
    type: Sequence(Flags('a', 'b')),
    defaultValue: [['a'], new Set(['b'] as const)],
  });
  expect(flags.get()).toEqual([new Set(['a']), new Set(['b'])]);
  expect(Object.isFrozen(flags.get())).toBe(true);
});

it('is declared with all that was given', () => {
  const full = setting('new.name', {
    type: Mapping(Enum('b', 'a')),
    configurableFeatures: ['user', 'theme'],
    defaultValue: { x: 'a' },
    version: '2.1',
    alias: 'old_name',
    metadata: { owner: 'team' },
  });
  expect(JSON.parse(bodyOfDeclaration(full.declaration))).toEqual({
    name: 'new.name',
    type: 'Mapping<Enum["a","b"]>',
    configurable_features: ['user', 'theme'],
    default_value: { x: 'a' },
    version: '2.1',
    alias: 'old_name',
    metadata: { owner: 'team' },
  });
});

/** What JavaScript, or text that is put together, may get wrong. */
const any = (value: unknown) => value as never;

it.each<[why: string, make: () => unknown, message: RegExp]>([
  ['a name', () => setting(any('a-b'), { ...user, type: 'int', defaultValue: 1 }), /"a-b" is no name; accepted/],
  ['a type', () => setting('a', { ...user, type: any('itn'), defaultValue: any(1) }), /"itn" is not a setting type/],
  [
    'a default',
    () => setting('a', { ...user, type: 'int', defaultValue: any('1') }),
    /the default "1" is not of .* int/,
  ],
  ['no default', () => setting('a', { ...user, type: 'int', defaultValue: any(undefined) }), /the default undefined/],
  [
    'an integer that JavaScript does not hold',
    () => setting('a', { ...user, type: 'int', defaultValue: 2 ** 53 }),
    /9007199254740992 is beyond/,
  ],
  ['NaN', () => setting('a', { ...user, type: 'float', defaultValue: NaN }), /the default null is not of/],
  [
    'a version',
    () => setting('a', { ...user, type: 'int', defaultValue: 1, version: any('2') }),
    /"2" is not a version/,
  ],
  ['the alias', () => setting('a', { ...user, type: 'int', defaultValue: 1, alias: 'a' }), /alias is the name itself/],
  ['no alias', () => setting('a', { ...user, type: 'int', defaultValue: 1, alias: '-' }), /alias "-" is no name/],
  ['no feature', () => setting('a', { configurableFeatures: any([]), type: 'int', defaultValue: 1 }), /is empty/],
  ['one twice', () => setting('a', { configurableFeatures: ['b', 'b'], type: 'int', defaultValue: 1 }), /one twice/],
  [
    'a feature',
    () => setting('a', { configurableFeatures: ['b-c'], type: 'int', defaultValue: 1 }),
    /"b-c" is no name/,
  ],
  ['a key', () => setting('a', { ...user, type: 'int', defaultValue: 1, metadata: { 'a b': 1 } }), /"a b" is no key/],
])('refuses %s that the service would refuse, and names the setting', (_, make, message) => {
  expect(make).toThrow(HeksherError);
  expect(make).toThrow(message);
  expect(make).toThrow(/the setting "a/);
});
