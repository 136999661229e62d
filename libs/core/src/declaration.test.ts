import fc from 'fast-check';
import {
  compareDeclaration,
  type Declaration,
  type DeclarationOutcome,
  formatDifference,
  needsUses,
  type Setting,
  type Use,
} from './declaration.js';
import { jsonText, type JsonText } from './json.js';
import { writeJson } from './json-writer.js';
import { formatSettingType } from './setting-type.js';
import { parseSettingType } from './setting-type-parser.js';
import { formatVersion, parseVersion } from './version.js';

type Parts = {
  name?: string;
  type?: string;
  default?: string;
  features?: string[];
  metadata?: object;
  version?: string;
};

const metadataOf = (members: object): ReadonlyMap<string, JsonText> =>
  new Map(Object.entries(members).map(([key, value]) => [key, jsonText(JSON.stringify(value))]));

const declaration = (parts: Parts): Declaration => ({
  name: parts.name ?? 'cache_size',
  type: parseSettingType(parts.type ?? 'int'),
  defaultValue: jsonText(parts.default ?? '1'),
  configurableFeatures: parts.features ?? ['user', 'theme'],
  metadata: metadataOf(parts.metadata ?? {}),
  version: parseVersion(parts.version ?? '1.0'),
});

const FEATURE_ORDER = ['account', 'user', 'trust', 'theme'];

/** The setting that stands after this declaration was carried out. */
const declaredAs = (declared: Declaration): Setting => ({
  ...declared,
  typeText: formatSettingType(declared.type),
  configurableFeatures: FEATURE_ORDER.filter((feature) => declared.configurableFeatures.includes(feature)),
});

const setting = (parts: Parts): Setting => declaredAs(declaration(parts));

const rule = (id: number, value: string, ...features: string[]): Use => ({ id, values: [jsonText(value)], features });

const compare = (
  latest: Setting,
  declared: Declaration,
  rules: readonly Use[],
  rollouts: readonly Use[] = [],
): DeclarationOutcome => compareDeclaration(latest, declared, { rules, rollouts });

const show = (outcome: DeclarationOutcome): string => {
  const differences = 'differences' in outcome ? outcome.differences.map(formatDifference) : [];
  return [outcome.kind, ...differences.map(writeJson)].join('\n');
};

const removal = (text: string) => `{"level":"minor","message":"removal of configurable features ${text}"}`;
const featuresInUse = (names: string, ids: string) =>
  `{"level":"mismatch","message":"configurable features ${names} are still in use by rules ${ids}"}`;
const unfit = (ids: string) =>
  `{"level":"mismatch","message":"setting type incompatible with values for rules: ${ids}"}`;
const attribute = (level: string, name: string, value: string) =>
  `{"level":"${level}","attribute":"${name}","latest_value":${value}}`;

describe('compareDeclaration, one difference at a time, from 1.0', () => {
  const latest = { type: 'float', default: '1.0', metadata: { note: 'x' } };
  it.each<[string, Parts, Use[], string, string, string]>([
    ['nothing', { default: '1' }, [], 'upgraded', 'upgraded', ''],
    ['features in another order', { features: ['theme', 'user'] }, [], 'upgraded', 'upgraded', ''],
    ['a feature removed', { features: ['user'] }, [rule(1, '1', 'user')], 'upgraded', 'upgraded', removal("['theme']")],
    [
      'a feature added',
      { features: ['user', 'theme', 'account'] },
      [rule(1, '1', 'user')],
      'rejected',
      'upgraded',
      attribute('major', 'configurable_features', '["user","theme"]'),
    ],
    [
      'one removed, one added',
      { features: ['user', 'account'] },
      [],
      'rejected',
      'upgraded',
      attribute('major', 'configurable_features', '["user","theme"]'),
    ],
    [
      'one removed that is in use',
      { features: ['user'] },
      [rule(12, '1', 'theme'), rule(7, '1', 'user', 'theme'), rule(3, '1', 'user')],
      'rejected',
      'rejected',
      featuresInUse("['theme']", '[7, 12]'),
    ],
    [
      'two removed, one in use',
      { features: ['trust'] },
      [rule(1, '1', 'user')],
      'rejected',
      'rejected',
      `${attribute('major', 'configurable_features', '["user","theme"]')}\n${featuresInUse("['user']", '[1]')}`,
    ],
    [
      'a subtype that fits the rules',
      { type: 'int' },
      [rule(1, '2.0', 'user')],
      'upgraded',
      'upgraded',
      attribute('minor', 'type', '"float"'),
    ],
    [
      'a subtype that does not',
      { type: 'int' },
      [rule(10, '2.5'), rule(9, '2.5'), rule(8, '2')],
      'rejected',
      'rejected',
      unfit('[9, 10]'),
    ],
    [
      'another type',
      { type: 'Enum[1,"a"]' },
      [rule(1, '"a"')],
      'rejected',
      'upgraded',
      attribute('major', 'type', '"float"'),
    ],
    ['another type that does not fit the rules', { type: 'str' }, [rule(1, '2')], 'rejected', 'rejected', unfit('[1]')],
    [
      'a type against a value that is not JSON',
      { type: 'int' },
      [rule(1, 'NaN')],
      'rejected',
      'rejected',
      unfit('[1]'),
    ],
    ['the name', { name: 'size' }, [], 'upgraded', 'upgraded', attribute('minor', 'name', '"cache_size"')],
    ['the default value', { default: '0' }, [], 'upgraded', 'upgraded', attribute('minor', 'default_value', '1.0')],
    ['the metadata', { metadata: {} }, [], 'upgraded', 'upgraded', attribute('minor', 'metadata', '{"note":"x"}')],
    [
      'a value in the metadata',
      { metadata: { note: ['x'] } },
      [],
      'upgraded',
      'upgraded',
      attribute('minor', 'metadata', '{"note":"x"}'),
    ],
    [
      'a key in the metadata',
      { metadata: { other: 'x' } },
      [],
      'upgraded',
      'upgraded',
      attribute('minor', 'metadata', '{"note":"x"}'),
    ],
  ])('%s', (_, change, rules, atMinor, atMajor, differences) => {
    const declare = (version: string) =>
      show(compare(setting(latest), declaration({ ...latest, ...change, version }), rules));
    const lines = differences === '' ? '' : `\n${differences}`;
    expect(declare('1.1')).toBe(atMinor + lines);
    expect(declare('2.0')).toBe(atMajor + lines);
    expect(declare('1.0')).toBe(differences === '' ? 'uptodate' : `mismatch${lines}`);
  });
});

describe('compareDeclaration', () => {
  it('lists minor, then major, then mismatch, each in the order of the attributes', () => {
    const latest = setting({ features: ['account', 'user'], type: 'Enum[1]', metadata: { a: 1 } });
    const declared = declaration({
      name: 'n',
      features: ['user', 'trust'],
      type: 'Enum[2]',
      default: '2',
      version: '2.0',
    });
    const minors = [
      attribute('minor', 'name', '"cache_size"'),
      attribute('minor', 'default_value', '1'),
      attribute('minor', 'metadata', '{"a":1}'),
    ];
    const featuresChange = attribute('major', 'configurable_features', '["account","user"]');
    expect(show(compare(latest, declared, [rule(1, '1', 'account')]))).toBe(
      ['rejected', ...minors, featuresChange, featuresInUse("['account']", '[1]'), unfit('[1]')].join('\n'),
    );
    expect(show(compare(latest, declared, []))).toBe(
      ['upgraded', ...minors, featuresChange, attribute('major', 'type', '"Enum[1]"')].join('\n'),
    );
  });

  it.each<[string, Parts, Parts, string]>([
    ['a feature was removed since', { features: ['user', 'theme'] }, { features: ['user'] }, removal("['theme']")],
    [
      'a feature was added since',
      { features: ['user'] },
      { features: ['user', 'theme'] },
      attribute('major', 'configurable_features', '["user","theme"]'),
    ],
    [
      'features were exchanged since',
      { features: ['theme'] },
      { features: ['user'] },
      attribute('major', 'configurable_features', '["user"]'),
    ],
    ['the type was narrowed since', { type: 'float' }, { type: 'int' }, attribute('minor', 'type', '"int"')],
    ['the type was widened since', { type: 'int' }, { type: 'float' }, attribute('major', 'type', '"float"')],
    ['the setting was renamed since', { name: 'old' }, { name: 'new' }, attribute('minor', 'name', '"new"')],
    ['the default was changed since', { default: '1' }, { default: '0' }, attribute('minor', 'default_value', '0')],
    ['metadata was set since', {}, { metadata: { b: 1, a: null } }, attribute('minor', 'metadata', '{"b":1,"a":null}')],
    ['nothing but the version changed since', {}, {}, ''],
  ])('reports to an outdated declaration that %s, whatever the rules are', (_, old, latest, difference) => {
    const outcome = compare(setting({ ...latest, version: '2.0' }), declaration({ ...old, version: '1.7' }), [
      rule(1, '"no number"', 'user', 'theme'),
    ]);
    expect(show(outcome)).toBe(difference === '' ? 'outdated' : `outdated\n${difference}`);
  });

  it('calls a change from or to a stored type that it cannot read major, and shows its text', () => {
    const latest: Setting = { ...setting({ version: '1.5' }), type: null, typeText: 'Decimal' };
    const change = attribute('major', 'type', '"Decimal"');
    expect(show(compare(latest, declaration({ version: '1.6' }), []))).toBe(`rejected\n${change}`);
    expect(show(compare(latest, declaration({ version: '2.0' }), []))).toBe(`upgraded\n${change}`);
    expect(show(compare(latest, declaration({ version: '1.4' }), []))).toBe(`outdated\n${change}`);
    expect(show(compare(latest, declaration({ version: '2.0' }), [rule(1, '"x"')]))).toBe(`rejected\n${unfit('[1]')}`);
  });

  it('names rollouts as it names rules, after them', () => {
    const latest = setting({ features: ['account', 'user', 'theme'], type: 'float' });
    const rollout: Use = { id: 12, values: ['1', '2.5'].map(jsonText), features: ['user', 'account'] };
    const other: Use = { id: 3, values: ['7'].map(jsonText), features: ['theme'] };
    const inUseByRollouts = (names: string, ids: string) =>
      featuresInUse(names, ids).replace('by rules', 'by rollouts');
    const unfitRollouts = (ids: string) => unfit(ids).replace('for rules', 'for rollouts');
    const outcome = (change: Parts, rules: readonly Use[], rollouts: readonly Use[]) =>
      show(
        compare(
          latest,
          declaration({ features: ['account', 'user', 'theme'], type: 'float', version: '2.0', ...change }),
          rules,
          rollouts,
        ),
      );
    expect(outcome({ features: ['account'] }, [], [rollout, other])).toBe(
      `rejected\n${inUseByRollouts("['theme', 'user']", '[3, 12]')}`,
    );
    expect(outcome({ features: ['account', 'user'] }, [], [rollout])).toBe(`upgraded\n${removal("['theme']")}`);
    expect(outcome({ type: 'int' }, [rule(1, '1')], [rollout, other])).toBe(`rejected\n${unfitRollouts('[12]')}`);
    expect(outcome({ type: 'int' }, [], [other])).toBe(`upgraded\n${attribute('minor', 'type', '"float"')}`);
    expect(outcome({ type: 'str', features: ['theme'] }, [rule(1, '1', 'user')], [rollout])).toBe(
      [
        'rejected',
        featuresInUse("['user']", '[1]'),
        inUseByRollouts("['account', 'user']", '[12]'),
        unfit('[1]'),
        unfitRollouts('[12]'),
      ].join('\n'),
    );
  });

  it('takes a stored default that is not JSON as different, so that declaring it repairs it', () => {
    const latest = { ...setting({}), defaultValue: jsonText('1e') };
    const { kind } = compare(latest, declaration({ version: '1.1' }), []);
    expect(kind).toBe('upgraded');
    expect(compare(latest, declaration({}), []).kind).toBe('mismatch');
  });

  it('compares values as JSON: numbers by value, keys in any order, spelled in any way', () => {
    const latest = setting({ type: 'Mapping<float>', default: '{"a":1.0,"é":2}', metadata: { m: { x: 1, y: 2 } } });
    const declared = declaration({
      type: 'Mapping<float>',
      default: '{"\\u00e9":2,"a":1}',
      metadata: { m: { y: 2, x: 1 } },
    });
    expect(compare(latest, declared, []).kind).toBe('uptodate');
  });

  it.each(['0', 'false', '""', '[]', '{}', 'null'])('sees that the default became %s, or was it', (falsy) => {
    const kind = (from: string, to: string) =>
      compare(setting({ default: from }), declaration({ default: to, version: '1.1' }), []);
    expect(show(kind('1', falsy))).toBe(`upgraded\n${attribute('minor', 'default_value', '1')}`);
    expect(show(kind(falsy, '1'))).toBe(`upgraded\n${attribute('minor', 'default_value', falsy)}`);
  });

  it('prints names as Python does, sorted, also odd ones of an adopted database', () => {
    const latest = { ...setting({}), configurableFeatures: ['user', "it's", 'a\\b', 'new\nline'] };
    const outcome = compare(latest, declaration({ features: ['user'], version: '1.1' }), []);
    expect(outcome).toEqual({
      kind: 'upgraded',
      differences: [
        { level: 'minor', message: String.raw`removal of configurable features ['a\\b', 'it\'s', 'new\nline']` },
      ],
    });
  });
});

const parts = fc.record({
  name: fc.constantFrom('a', 'b'),
  type: fc.constantFrom('int', 'float', 'str', 'Enum[1]', 'Enum[1,"x"]', 'Sequence<int>', 'Sequence<float>'),
  default: fc.constantFrom('1', '1.0', '"x"', '[]', '[1]', '0'),
  features: fc.shuffledSubarray(FEATURE_ORDER, { minLength: 1 }),
  metadata: fc.constantFrom({}, { k: 0 }, { k: false }),
  version: fc.constantFrom('1.0', '1.1', '1.10', '2.0', '2.1'),
});
const declarations = parts.map(declaration);
const settings = declarations.map(declaredAs);
const ruleLists = fc.array(
  fc
    .tuple(fc.nat(99), fc.constantFrom('1', '1.5', '"x"', '[2.5]', 'NaN'), fc.subarray(FEATURE_ORDER))
    .map(([id, value, features]) => rule(id, value, ...features)),
  { maxLength: 4 },
);

describe('the laws of declaring', () => {
  const law = (check: (latest: Setting, declared: Declaration, rules: Use[]) => void) =>
    fc.assert(fc.property(settings, declarations, ruleLists, check), { numRuns: 500 });
  const sameButVersion = (latest: Setting, declared: Declaration) =>
    compare({ ...latest, version: declared.version }, declared, []).kind === 'uptodate';

  it('what was declared is up to date', () => {
    fc.assert(
      fc.property(declarations, ruleLists, (declared, rules) => {
        expect(compare(declaredAs(declared), declared, rules)).toEqual({ kind: 'uptodate' });
      }),
    );
  });

  it('an upgrade that is carried out and declared again is up to date', () => {
    law((latest, declared, rules) => {
      fc.pre(compare(latest, declared, rules).kind === 'upgraded');
      expect(compare(declaredAs(declared), declared, rules)).toEqual({ kind: 'uptodate' });
    });
  });

  it('the outcome follows from the versions and the levels of the differences', () => {
    law((latest, declared, rules) => {
      const outcome = compare(latest, declared, rules);
      const levels = 'differences' in outcome ? outcome.differences.map(({ level }) => level) : [];
      const [older, newer] = [latest.version, declared.version];
      const isMajor = newer.major > older.major;
      if (formatVersion(older) === formatVersion(newer))
        expect(outcome.kind).toBe(levels.length === 0 ? 'uptodate' : 'mismatch');
      else if (newer.major < older.major || (!isMajor && newer.minor < older.minor))
        expect(outcome.kind).toBe('outdated');
      else if (levels.includes('mismatch') || (levels.includes('major') && !isMajor))
        expect(outcome.kind).toBe('rejected');
      else expect(outcome.kind).toBe('upgraded');
      expect(levels).toEqual([...levels].sort((a, b) => (a === b ? 0 : a === 'minor' || b === 'mismatch' ? -1 : 1)));
      expect(levels.length === 0).toBe(sameButVersion(latest, declared));
    });
  });

  it('the latest, seen from an old declaration, differs as declaring it over the old one would', () => {
    law((latest, declared) => {
      fc.pre(compare(latest, declared, []).kind === 'outdated');
      const forward = compare(declaredAs(declared), { ...latest, type: parseSettingType(latest.typeText) }, []);
      const backward = compare(latest, declared, []);
      const essence = (outcome: DeclarationOutcome) =>
        'differences' in outcome
          ? outcome.differences.map((each) => ('message' in each ? each : [each.level, each.attribute]))
          : [];
      expect(essence(backward)).toEqual(essence(forward));
    });
  });

  it('where needsUses says no, the rules make no difference', () => {
    law((latest, declared, rules) => {
      const without = compare(latest, declared, []);
      if (!needsUses(latest, declared)) expect(compare(latest, declared, rules, rules)).toEqual(without);
    });
  });

  it('needsUses says yes only where type or features differ in a declaration that is not outdated', () => {
    expect(needsUses(setting({}), declaration({ name: 'n', default: '0', metadata: { a: 1 }, version: '2.0' }))).toBe(
      false,
    );
    expect(needsUses(setting({}), declaration({ type: 'float' }))).toBe(true);
    expect(needsUses(setting({}), declaration({ features: ['user'] }))).toBe(true);
    expect(needsUses({ ...setting({}), type: null }, declaration({}))).toBe(true);
    expect(needsUses(setting({ version: '2.0' }), declaration({ type: 'float' }))).toBe(false);
  });
});
