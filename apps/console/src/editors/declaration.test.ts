import { formatVersion, parseJson, parseSettingType } from '@heksher/core';
import { type SettingView } from '../api/queries.js';
import {
  attributeText,
  bodyOf,
  declaredBy,
  formOf,
  nextVersion,
  rebased,
  withMetadata,
  withType,
} from './declaration.js';
import { draftOf } from './draft.js';

const setting = {
  name: 'cache_size',
  type: 'int',
  default_value: parseJson('60.0'),
  version: '1.4',
  configurable_features: ['account', 'user'],
  metadata: parseJson('{"owner":"rendering","n":1.0}'),
  context_features: ['account', 'user', 'theme'],
  lines: [{ kind: 'rule', rule_id: 3, value: parseJson('50'), feature_values: [['account', 'jim']] }],
} as unknown as SettingView;

it('a form that nobody touched declares what is there', () => {
  expect(nextVersion(setting, formOf(setting))).toEqual({ kind: 'none' });
  expect(declaredBy(formOf(setting), { major: 1, minor: 4 })?.defaultValue).toBe('60.0');
});

it.each([
  ['another default', { value: draftOf(parseSettingType('int'), parseJson('70')) }, '1.5', false],
  ['a feature less', { features: ['account'] }, '1.5', false],
  ['a feature more', { features: ['account', 'user', 'theme'] }, '2.0', true],
  ['a wider type', { type: 'float' }, '2.0', true],
])('%s takes the smallest version that is allowed', (_, change, version, isMajor) => {
  expect(nextVersion(setting, { ...formOf(setting), ...change })).toMatchObject({ kind: 'version', version, isMajor });
});

it('what a rule relies on cannot be taken away by any version', () => {
  expect(nextVersion(setting, { ...formOf(setting), features: ['user'] })?.kind).toBe('never');
});

it('upon another declaration a form takes what nobody touched in it, and says what both changed', () => {
  const begun = formOf(setting);
  const mine = withMetadata({ ...begun, features: ['account'] }, 'description', 'Pages');
  const now = formOf({ ...setting, default_value: parseJson('70'), configurable_features: ['user'] });
  const { form, taken, both } = rebased(mine, begun, now);
  expect({ taken, both }).toEqual({ taken: ['the default'], both: ['what it is configurable by'] });
  expect(attributeText(form, 'the default')).toBe('70');
  expect(form).toMatchObject({ features: ['account'], metadata: mine.metadata });
  expect(rebased(mine, begun, formOf(setting))).toEqual({ form: mine, taken: [], both: [] });
});

it('a default that is of the new type too is kept, and a member of metadata is set beside the others', () => {
  const form = withMetadata(withType(formOf(setting), 'float'), 'description', 'Pages');
  expect(
    String((bodyOf(form, formatVersion({ major: 2, minor: 0 }))?.['default_value'] as { text: string }).text),
  ).toBe('60.0');
  expect(JSON.parse(form.metadata)).toEqual({ owner: 'rendering', n: 1, description: 'Pages' });
  expect(withType(formOf(setting), 'bool').value).toEqual({ kind: 'choice' });
});
