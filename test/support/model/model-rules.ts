import { accepts, isContextFeatureName, isFeatureValue, isSettingName } from '@heksher/core';
import { type Given, malformed, refuses } from './model-given.js';
import {
  conditionsInOrder,
  type Expectation,
  json,
  type Model,
  type ModelRule,
  type ModelSetting,
  NO_CONTENT,
  ok,
  Refusal,
  refuseWhere,
  rulesOf,
  settingOf,
} from './model.js';

export function addressedRule(model: Model, given: Given, readRest: () => unknown = () => undefined): ModelRule {
  const id = given.param(0);
  if (!/^[+-]?[0-9]+$/.test(id)) throw malformed();
  const rule = model.rules.find((candidate) => candidate.id === Number(id));
  const isMalformed = refuses(readRest);
  refuseWhere([rule === undefined, 404], [isMalformed, 422]);
  if (rule === undefined) throw malformed();
  return rule;
}

export function addRule(model: Model, given: Given): Expectation {
  const [conditions, value] = [given.conditions(), given.json('value')];
  const metadata = given.metadata();
  const setting = settingOf(model, given.text('setting'));
  if (setting === undefined) throw malformed();
  refuseWhere(
    [[...conditions.keys()].some((feature) => !setting.features.includes(feature)), 400],
    [!accepts(setting.type, value), 400],
    [withConditions(model, setting, conditions) !== undefined, 409],
  );
  return {
    statuses: [201],
    learn: ({ body, headers }) => {
      const { rule_id: id } = body as { rule_id: number };
      if (!(id > model.lastRuleId)) throw new Error(`rule ${id} is not newer than rule ${model.lastRuleId}`);
      if (headers.get('location') !== `/${id}`)
        throw new Error(`rule ${id} is not at ${headers.get('location')}`);
      model.rules.push({ id, setting, value, conditions, metadata });
      model.lastRuleId = id;
    },
  };
}

function withConditions(
  model: Model,
  setting: ModelSetting,
  conditions: ReadonlyMap<string, string>,
): ModelRule | undefined {
  return rulesOf(model, setting).find(
    (rule) =>
      rule.conditions.size === conditions.size &&
      [...conditions].every(([feature, value]) => rule.conditions.get(feature) === value),
  );
}

/** The storm's filters are simple enough to be taken apart at their marks; the real grammar is tested in core. */
export function searchRule(model: Model, given: Given): Expectation {
  const name = given.query('setting', '');
  const pairs = given
    .query('feature_values', '')
    .split(',')
    .map((pair) => pair.split(':'));
  const conditions = new Map(pairs.map(([feature = '', value = '']) => [feature, value]));
  const isMalformed =
    conditions.size < pairs.length ||
    pairs.some(
      ([feature = '', value = '', ...rest]) =>
        rest.length > 0 || !isContextFeatureName(feature) || !isFeatureValue(value),
    );
  const setting = settingOf(model, name);
  refuseWhere([isMalformed || !isSettingName(name), 422], [isSettingName(name) && setting === undefined, 404]);
  const rule = setting && withConditions(model, setting, conditions);
  if (rule === undefined) throw new Refusal({ statuses: [404], text: '' });
  return ok(json({ rule_id: rule.id }));
}

export function changeValue(model: Model, given: Given): Expectation {
  const rule = addressedRule(model, given, () => given.json('value'));
  refuseWhere([!accepts(rule.setting.type, given.json('value')), 400]);
  rule.value = given.json('value');
  return NO_CONTENT;
}

export function query(model: Model, given: Given): Expectation {
  const named = given.query('settings', model.settings.map(({ name }) => name).join(','));
  const names = named === '' ? [] : named.split(',');
  const admitted = readFilter(given.query('context_filters', '*'));
  const isNamed = names.every(isSettingName);
  refuseWhere(
    [admitted === 'malformed' || !isNamed || refuses(() => given.boolean('include_metadata')), 422],
    [admitted === 'repeated', 400],
    [isNamed && names.some((name) => settingOf(model, name) === undefined), 404],
  );
  if (typeof admitted === 'string') throw malformed();
  const includeMetadata = given.boolean('include_metadata');
  const chosen = new Set(names.map((name) => settingOf(model, name)).filter((setting) => setting !== undefined));
  const answers = [...chosen].map((setting) => {
    const rules = rulesOf(model, setting).filter(({ conditions }) => [...conditions].every(admitted));
    const shown = rules.map((rule) => ({
      value: rule.value,
      context_features: conditionsInOrder(model, rule),
      rule_id: rule.id,
      ...(includeMetadata && { metadata: rule.metadata }),
    }));
    return [setting.name, { rules: shown, default_value: setting.defaultValue }] as const;
  });
  return ok(json({ settings: new Map(answers) }));
}

type Admitted = (condition: readonly [feature: string, value: string]) => boolean;

function readFilter(text: string): Admitted | 'malformed' | 'repeated' {
  if (text === '*') return () => true;
  if (text === '') return () => false;
  const item = /([A-Za-z0-9_]+):(\*|\([^\s,:()*]+(?:,[^\s,:()*]+)*\))/y;
  const filters = new Map<string, string>();
  for (let at = 0; at === 0 || at < text.length + 1; at = item.lastIndex + 1) {
    item.lastIndex = at;
    const [, feature = '', admitted = ''] = item.exec(text) ?? [];
    if (feature === '' || ![',', undefined].includes(text[item.lastIndex])) return 'malformed';
    if (filters.has(feature)) return 'repeated';
    filters.set(feature, admitted);
  }
  return ([feature, value]) => {
    const admitted = filters.get(feature);
    return admitted === '*' || (admitted?.slice(1, -1).split(',').includes(value) ?? false);
  };
}
