/**
 * What compiles and what does not, checked by `tsc -b`: a line marked as an error that compiles is an error. Nothing here
 * runs.
 */
import { Enum, Flags, Mapping, Sequence, type Setting, setting } from '@heksher/client';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles where the setting's values have exactly this type. */
function reads<Expected>() {
  return <Value, Feature extends string>(
    read: Setting<Value, Feature>,
    same: Equals<Value, Expected> extends true ? 'exactly' : never,
  ): void => void [read, same];
}

const user = { configurableFeatures: ['user'] } as const;

export function valuesFollowTheType(): void {
  reads<number>()(setting('a', { ...user, type: 'int', defaultValue: 1 }), 'exactly');
  reads<number>()(setting('a', { ...user, type: 'float', defaultValue: 1.5 }), 'exactly');
  reads<string>()(setting('a', { ...user, type: 'str', defaultValue: 'x' }), 'exactly');
  reads<boolean>()(setting('a', { ...user, type: 'bool', defaultValue: false }), 'exactly');
  reads<'low' | 'high'>()(setting('a', { ...user, type: Enum('low', 'high'), defaultValue: 'low' }), 'exactly');
  reads<'low' | 2 | true>()(setting('a', { ...user, type: Enum('low', 2, true), defaultValue: 2 }), 'exactly');
  reads<ReadonlySet<'a' | 'b'>>()(setting('a', { ...user, type: Flags('a', 'b'), defaultValue: ['a'] }), 'exactly');
  reads<ReadonlySet<'a'>>()(
    setting('a', { ...user, type: Flags('a'), defaultValue: new Set(['a'] as const) }),
    'exactly',
  );
  reads<readonly number[]>()(setting('a', { ...user, type: Sequence('int'), defaultValue: [1, 2] }), 'exactly');
  reads<Readonly<Record<string, readonly ('x' | 'y')[]>>>()(
    setting('a', { ...user, type: Mapping(Sequence(Enum('x', 'y'))), defaultValue: { k: ['x'] } }),
    'exactly',
  );
  // @ts-expect-error Only shows that reads() tells types apart.
  reads<string>()(setting('a', { ...user, type: 'int', defaultValue: 1 }), 'exactly');
}

export function typesAsTextMeanTheSame(): void {
  reads<'a' | 'b'>()(setting('a', { ...user, type: 'Enum["a","b"]', defaultValue: 'b' }), 'exactly');
  reads<'a b' | 2 | -1.5 | true>()(
    setting('a', { ...user, type: 'Enum [ "a b" , 2, -1.5,true ]', defaultValue: -1.5 }),
    'exactly',
  );
  reads<'a,b' | ']'>()(setting('a', { ...user, type: 'Enum["a,b","]"]', defaultValue: ']' }), 'exactly');
  reads<ReadonlySet<'a' | 'b'>>()(setting('a', { ...user, type: 'Flags["a","b"]', defaultValue: ['b'] }), 'exactly');
  reads<readonly (readonly number[])[]>()(
    setting('a', { ...user, type: 'Sequence< Sequence <int>>', defaultValue: [[1]] }),
    'exactly',
  );
  reads<readonly Readonly<Record<string, ReadonlySet<1 | 2>>>[]>()(
    setting('a', {
      ...user,
      type: 'Sequence<Mapping<Flags[1,2]>>',
      defaultValue: [{ k: [1] }, { k: new Set([2] as const) }],
    }),
    'exactly',
  );
  const text: string = 'int';
  reads<unknown>()(setting('a', { ...user, type: text, defaultValue: 1 }), 'exactly');
}

export function wrongDefaultsDoNotCompile(): void {
  // @ts-expect-error A text is no int.
  setting('a', { ...user, type: 'int', defaultValue: '60' });
  // @ts-expect-error No such option.
  setting('a', { ...user, type: Enum('low', 'high'), defaultValue: 'middle' });
  // @ts-expect-error No such option.
  setting('a', { ...user, type: 'Enum["low","high"]', defaultValue: 'middle' });
  // @ts-expect-error No such option.
  setting('a', { ...user, type: 'Flags["a"]', defaultValue: ['b'] });
  // @ts-expect-error An item is wrong.
  setting('a', { ...user, type: Sequence('int'), defaultValue: [1, 'two'] });
  // @ts-expect-error Not a whole number.
  setting('a', { ...user, type: 'int', defaultValue: 1.5 });
  // @ts-expect-error Not one of the options.
  setting('a', { ...user, type: 'Enum[1,2]', defaultValue: 3 });
  // @ts-expect-error A number is no text.
  setting('a', { ...user, type: 'str', defaultValue: 1 });
  // @ts-expect-error A default is required.
  setting('a', { ...user, type: 'int' });
}

export function wrongTypesAndNamesDoNotCompile(): void {
  // @ts-expect-error No such type.
  setting('a', { ...user, type: 'itn', defaultValue: 1 });
  // @ts-expect-error No such type.
  setting('a', { ...user, type: 'Sequence<itn>', defaultValue: [] });
  // @ts-expect-error Not closed.
  setting('a', { ...user, type: 'Sequence<int', defaultValue: [] });
  // @ts-expect-error Options are JSON.
  setting('a', { ...user, type: "Enum['a']", defaultValue: 'a' });
  // @ts-expect-error No such type.
  setting('a', { ...user, type: Sequence('itn'), defaultValue: [] });
  // @ts-expect-error Names have no "-".
  setting('cache-size', { ...user, type: 'int', defaultValue: 1 });
  // @ts-expect-error Names are not empty.
  setting('', { ...user, type: 'int', defaultValue: 1 });
  // @ts-expect-error A setting is configurable by some feature.
  setting('a', { configurableFeatures: [], type: 'int', defaultValue: 1 });
}

export function wrongVersionsDoNotCompile(version: string): void {
  setting('a', { ...user, type: 'int', defaultValue: 1, version: '1.10' });
  setting('a', { ...user, type: 'int', defaultValue: 1, version });
  // @ts-expect-error Not MAJOR.MINOR.
  setting('a', { ...user, type: 'int', defaultValue: 1, version: '1' });
  // @ts-expect-error Not numbers.
  setting('a', { ...user, type: 'int', defaultValue: 1, version: '1.x' });
  // @ts-expect-error Not MAJOR.MINOR.
  setting('a', { ...user, type: 'int', defaultValue: 1, version: '1.0.0' });
}

export function numbersThatAreNotLiterals(count: number): void {
  setting('a', { ...user, type: 'int', defaultValue: count });
  setting('a', { ...user, type: 'int', defaultValue: -7 });
  setting('a', { ...user, type: 'float', defaultValue: count });
  setting('a', { ...user, type: 'Enum[1.5,2]', defaultValue: 1.5 });
}

export function namesThatAreMadeWhileItRuns(index: number, name: string): void {
  setting(`setting_${index}`, { ...user, type: 'int', defaultValue: 1 });
  setting(name, { ...user, type: 'int', defaultValue: 1 });
}

export function onlyItsFeaturesAreGiven(): void {
  const size = setting('size', { type: 'int', configurableFeatures: ['account', 'user'], defaultValue: 1 });
  const value: number = size.get({ account: 'jim', user: null });
  void value;
  // @ts-expect-error No such feature.
  size.get({ usr: 'guest' });
  size.get({ user: 7, account: true });
  // @ts-expect-error Values of features are texts, numbers and booleans.
  size.get({ user: {} });
  // @ts-expect-error A context is an object.
  size.get(null);
  // @ts-expect-error The value is a number.
  const text: string = size.get({ user: 'guest' });
  void text;
}
