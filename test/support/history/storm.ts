import fc from 'fast-check';
import { type Operation } from '../model/model.js';
import { quote, VALUES } from './storm-values.js';

/*
 * Requests of a storm are data, so that a failing sequence prints and shrinks. Where a request only makes sense against
 * what is there, it holds a placeholder that the model fills in when its turn comes: `@minor` is the next minor version
 * of the setting, `@fit3` some value of its type, `@keep` what the setting has already,
 * `@held` the conditions of a rule it has, `@setting2` some setting that exists, `@1` the id of some rule.
 */

const FEATURES = ['account', 'user', 'theme', 'Region2'];
const SETTINGS = ['a', 'b.c', 'D_1', 'e'];
/** Hardly any setting is configurable by it, so that it can come and go. */
const SPARE_FEATURE = 'spare';
const ODD_NAMES = ['no such', 'é', 'x'.repeat(256), "a';--", 'a\n'];
const FEATURE_VALUES = ['john', 'jim', 'x@y.z', 'ß~1'];
const METADATA_KEYS = ['k', '__proto__', 'K-2', 'constructor'];
const TYPES = [
  ...['int', 'float', 'str', 'bool', 'Sequence<int>', 'Sequence<float>', 'Mapping<str>', 'Mapping<Sequence<float>>'],
  ...['Enum[1,"a"]', 'Enum [true, 1.0,"a"]', 'Flags["a","b"]', 'Flags["a"]'],
];
const ODD_TYPES = ['integer', 'Enum[[1]]', 'Sequence<int', '', 'Enum[1,2', 'bool ean'];
const ODD_VALUES = ['9007199254740993', '1e400', '{"a":1,"a":2}', 'NaN', '['.repeat(200), ''];
const FILTERS = [
  ...['*', '', 'user:*', 'user:(john)', 'user:(john,jim),theme:*', 'account:(x@y.z),Region2:(ß~1),user:*'],
  ...['theme:*,user:*,account:*', 'nobody:(x)', '**', 'user:()', 'user:*,user:*', 'user', 'user:(john),', 'user:(a b)'],
];

/** Mostly one of the good, now and then one of the odd. */
function mostly<T>(good: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

/** Members that may be there or not; a few of the required ones go missing as well. */
function members(
  required: Readonly<Record<string, fc.Arbitrary<string>>>,
  optional: Readonly<Record<string, fc.Arbitrary<string>>> = {},
): fc.Arbitrary<Operation['body']> {
  const complete = fc
    .tuple(fc.record(required), fc.record(optional, { requiredKeys: [] }))
    .map(([must, may]): Operation['body'] => present({ ...must, ...may }));
  const incomplete = fc.record(required, { requiredKeys: [] }).map(present);
  const garbage = fc.constantFrom('', '[]', 'null', '{', '{"version":"9.0"', '"a"', '{"version":"9.9"}}');
  return fc.oneof(
    { weight: 30, arbitrary: complete },
    { weight: 1, arbitrary: incomplete },
    { weight: 1, arbitrary: garbage },
  );
}

function present(entries: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const feature = mostly([...FEATURES, SPARE_FEATURE], ['nobody', ...ODD_NAMES]);
const comingOrGoing = fc.oneof(feature, fc.constant(SPARE_FEATURE));
const setting = mostly(SETTINGS, ['unknown', ...ODD_NAMES]);
/** One that exists, by its name or an alias; where there is none, one that does not. */
const existing = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9).map((choice) => `@setting${choice}`) },
  { weight: 1, arbitrary: setting },
);
const rule = mostly(['@0', '@1', '@2', '@3', '@4', '@5'], ['0', '-1', '99999999999', '2147483647', 'x', '1.5']);
const version = mostly(
  ['@same', '@minor', '@minor', '@minor', '@major', '@major', '@lower'],
  ['1', '1.0', '01.10', '1.0.0', '', '9999999999.0'],
);
const fitting = fc.nat(9).map((choice) => `@fit${choice}`);
const value = fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 2, arbitrary: mostly(VALUES, ODD_VALUES) });
const type = fc.oneof(
  { weight: 2, arbitrary: fc.constant('@keep') },
  { weight: 2, arbitrary: mostly(TYPES, ODD_TYPES).map(quote) },
);
const keep = fc.constant('@keep');
const featureList = fc.oneof(
  { weight: 6, arbitrary: fc.shuffledSubarray(FEATURES, { minLength: 1 }).map((list) => JSON.stringify(list)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[]',
      '["user","user"]',
      '["nobody"]',
      '["user","spare"]',
      '"user"',
      '[1]',
      '["user","é"]',
    ),
  },
);
const metadataValue = mostly(
  VALUES.filter((text) => !text.includes('\\u0000')),
  ['"\\u0000"', '"\\udc00"', ...ODD_VALUES],
);
const metadataKey = mostly(METADATA_KEYS, ['k.k', 'k k', '', '\u0000']);
const metadata = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .dictionary(fc.constantFrom(...METADATA_KEYS), metadataValue, { maxKeys: 3, noNullPrototype: true })
      .map(objectText),
  },
  { weight: 1, arbitrary: fc.constantFrom('{}', '[]', '"k"', '{"k.k":1}') },
);
const featureValues = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .dictionary(fc.constantFrom(...FEATURES), fc.constantFrom(...FEATURE_VALUES).map(quote), {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      })
      .map(objectText),
  },
  { weight: 2, arbitrary: fc.constant('@held') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{}',
      '[]',
      '{"user":1}',
      '{"user":"a b"}',
      '{"user":""}',
      '{"nobody":"x"}',
      '{"é":"x"}',
    ),
  },
);

function objectText(entries: Readonly<Record<string, string>>): string {
  return `{${Object.entries(entries)
    .map(([key, text]) => `${quote(key)}: ${text}`)
    .join(',')}}`;
}

function operation(
  route: string,
  params: readonly fc.Arbitrary<string>[] = [],
  body?: fc.Arbitrary<Operation['body']>,
): fc.Arbitrary<Operation> {
  const given = { params: fc.tuple(...params), ...(body !== undefined && { body }) };
  return fc.record(given).map((parts) => ({ route, ...parts }));
}

function reading(route: string, query: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<Operation> {
  return fc
    .record(query, { requiredKeys: ['setting', 'feature_values'].filter((name) => name in query) })
    .map((given) => ({
      route,
      query: present(given),
    }));
}

const declaration = members(
  {
    name: fc.oneof(setting, existing).map(quote),
    type,
    default_value: fc.oneof({ weight: 3, arbitrary: keep }, { weight: 2, arbitrary: value }),
    configurable_features: fc.oneof({ weight: 3, arbitrary: keep }, { weight: 1, arbitrary: featureList }),
  },
  {
    version: version.map(quote),
    metadata: fc.oneof({ weight: 2, arbitrary: keep }, { weight: 1, arbitrary: metadata }),
    alias: fc.oneof(existing.map(quote), fc.constant('null')),
  },
);
const versioned = { version: version.map(quote) };
const anchor = feature.map(quote);
const move = fc.oneof(
  { weight: 5, arbitrary: members({ to_after: anchor }) },
  { weight: 5, arbitrary: members({ to_before: anchor }) },
  { weight: 1, arbitrary: members({ to_after: anchor, to_before: anchor }) },
);
const newRule = members({ setting: existing.map(quote), feature_values: featureValues, value }, { metadata });
const boolean = mostly(['True', 'false', '1', 'no', 'ON'], ['', '2', 'truee']);
const plainValues = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...FEATURES), fc.constantFrom(...FEATURE_VALUES)), {
    minLength: 1,
    maxLength: 2,
  })
  .map((pairs) => pairs.map((pair) => pair.join(':')).join(','));

const WEIGHTED: readonly (readonly [weight: number, operation: fc.Arbitrary<Operation>])[] = [
  [2, operation('GET context_features')],
  [2, operation('GET context_features/{}', [feature])],
  [4, operation('POST context_features', [], members({ context_feature: comingOrGoing.map(quote) }))],
  [4, operation('DELETE context_features/{}', [comingOrGoing])],
  [4, operation('PATCH context_features/{}/index', [feature], move)],
  [16, operation('POST settings/declare', [], declaration)],
  [2, reading('GET settings', { include_additional_data: boolean })],
  [2, operation('GET settings/{}', [existing])],
  [1, operation('DELETE settings/{}', [existing])],
  [5, operation('PUT settings/{}/type', [existing], members({ type, ...versioned }))],
  [5, operation('PUT settings/{}/name', [existing], members({ name: setting.map(quote), ...versioned }))],
  [
    5,
    operation(
      'PUT settings/{}/configurable_features',
      [existing],
      members({ configurable_features: featureList, ...versioned }),
    ),
  ],
  [2, operation('GET settings/{}/metadata', [existing])],
  [2, operation('POST settings/{}/metadata', [existing], members({ metadata, ...versioned }))],
  [2, operation('PUT settings/{}/metadata', [existing], members({ metadata, ...versioned }))],
  [2, operation('DELETE settings/{}/metadata', [existing], members(versioned))],
  [
    2,
    operation(
      'PUT settings/{}/metadata/{}',
      [existing, metadataKey.filter((key) => key !== '')],
      members({ value: metadataValue, ...versioned }),
    ),
  ],
  [
    2,
    operation(
      'DELETE settings/{}/metadata/{}',
      [existing, metadataKey.filter((key) => key !== '')],
      members(versioned),
    ),
  ],
  [20, operation('POST rules', [], newRule)],
  [
    6,
    reading('GET rules/search', {
      setting: existing,
      feature_values: fc.oneof(
        fc.constant('@held'),
        fc.constant('@held'),
        plainValues,
        fc.constantFrom('user', 'user:a,user:b', 'user:', ':x', 'a b:c'),
      ),
    }),
  ],
  [2, operation('GET rules/{}', [rule])],
  [3, operation('PUT rules/{}/value', [rule], members({ value }))],
  [2, operation('PATCH rules/{}', [rule], members({ value }))],
  [2, operation('DELETE rules/{}', [rule])],
  [2, operation('GET rules/{}/metadata', [rule])],
  [2, operation('POST rules/{}/metadata', [rule], members({ metadata }))],
  [2, operation('PUT rules/{}/metadata', [rule], members({ metadata }))],
  [2, operation('DELETE rules/{}/metadata', [rule])],
  [
    2,
    operation(
      'PUT rules/{}/metadata/{}',
      [rule, metadataKey.filter((key) => key !== '')],
      members({ value: metadataValue }),
    ),
  ],
  [2, operation('DELETE rules/{}/metadata/{}', [rule, metadataKey.filter((key) => key !== '')])],
  [
    5,
    reading('GET query', {
      settings: fc.oneof(fc.array(existing, { maxLength: 3 }).map(String), fc.constant('a')),
      context_filters: fc.constantFrom(...FILTERS),
      include_metadata: boolean,
    }),
  ],
];

/** Any request of the contract's, valid mostly, with placeholders. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...WEIGHTED.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

/** What a storm begins with, so that it does not spend itself on what does not exist. */
export const BEGINNING: readonly Operation[] = [
  ...FEATURES.slice(0, 3).map((name) => ({ route: 'POST context_features', body: { context_feature: quote(name) } })),
  beginWith('a', 'int', '60', '["theme","user","account"]'),
  beginWith('b.c', 'Sequence<float>', '[1.0]', '["user","theme"]'),
  beginWith('D_1', 'Enum[1,"a",true]', 'true', '["account"]'),
];

function beginWith(name: string, type: string, value: string, features: string): Operation {
  const body = { name: quote(name), type: quote(type), default_value: value, configurable_features: features };
  return { route: 'POST settings/declare', body };
}
