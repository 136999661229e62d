import { type InSteps, invalid, type Json, ProblemList } from '@heksher/core';
import { type Expected, type Operation, type OperationName, type Place as FeaturePlace } from '@heksher/ruleset';
import {
  anyJson,
  anyText,
  featureList,
  featureName,
  featureValues,
  metadata,
  settingName,
  settingType,
  version,
} from '../../http/readers.js';
import { declarationOf } from '../settings/declaration-input.js';
import {
  readEnabled,
  readHash,
  readPattern,
  readPercentage,
  readRamp,
  readSalt,
  readVariants,
} from '../rollouts/rollout-fields.js';
import { changesOf as rolloutChangesOf, draftOf } from '../rollouts/rollout-input.js';
import { listsOf, units } from '../rollouts/rollout-members.dto.js';
import { changesOf as ruleChangesOf } from '../rules/rules.dto.js';
import {
  aliases,
  boolean,
  eachInSteps,
  expected,
  object,
  oneOf,
  optional,
  type Place,
  readMembers,
  within,
} from './grammar.js';

export const MOST_OPERATIONS = 10_000;

/** Reads the operations of a change set. Throws `invalid` with all that is wrong, each with its pointer. */
export function* parseOperations(json: Json): InSteps<readonly Operation[]> {
  const problems = new ProblemList();
  if (json.kind !== 'array' || json.items.length === 0) {
    throw invalid('operations must be a non-empty list of operations', 'operations');
  }
  if (json.items.length > MOST_OPERATIONS) {
    const message = `a change set has at most ${MOST_OPERATIONS} operations; given: ${json.items.length}`;
    throw invalid(message, 'operations', { code: 'too_many' });
  }
  const operations = yield* eachInSteps(json.items, (item, index) => parseOperation(item, index, problems));
  problems.throwIfAny();
  return operations;
}

type OperationReader = (given: ReadonlyMap<string, Json>, place: Place) => Operation | undefined;

function parseOperation(item: Json, index: number, problems: ProblemList): Operation | undefined {
  const place = { path: ['operations', index], problems };
  return within(place, () => {
    if (item.kind !== 'object') throw invalid('an operation must be an object with a member op', 'body');
    const name = item.members.get('op');
    if (name === undefined) throw invalid(`op must be ${OP.accepted}; given: missing`, 'op', { code: 'missing' });
    const read: OperationReader = READERS[OP.read(name)];
    return read(item.members, place);
  });
}

const setting = anyText('setting');
const when = featureValues({ orNone: true });
const RULE = {
  setting,
  feature_values: optional(when),
  expect: expected('setting', 'value', 'feature_values', 'metadata'),
};

const orNull = <T>(read: (json: Json) => T) => optional({ read });

const ROLLOUT_FIELDS = {
  enabled: orNull(readEnabled),
  percentage: orNull(readPercentage),
  ramp: orNull(readRamp),
  pattern: orNull(readPattern),
  value: optional(anyJson),
  variants: orNull(readVariants),
  hash: orNull(readHash),
  salt: orNull(readSalt),
  metadata: optional(metadata),
};

const ROLLOUT_IMAGE = ['setting', 'feature', 'feature_values', ...Object.keys(ROLLOUT_FIELDS)];
const ROLLOUT = { ...RULE, feature: featureName('feature'), expect: expected(...ROLLOUT_IMAGE) };

const SETTING_FIELDS = {
  type: optional(settingType),
  default_value: optional(anyJson),
  configurable_features: optional(featureList),
  metadata: optional(metadata),
  version: optional(version),
  aliases: optional(aliases),
};

const expect = expected('name', ...Object.keys(SETTING_FIELDS));

const BESIDE = { after: optional(anyText('after')), before: optional(anyText('before')) };

const READERS = {
  put_rule: (given, place) => {
    const read = readMembers(given, { ...RULE, value: anyJson, metadata: optional(metadata) }, place, ['op']);
    if (read === undefined) return undefined;
    return { op: 'put_rule', ...keyOf(read), value: read.value, metadata: read.metadata };
  },
  patch_rule: (given, place) => {
    const read = readMembers(given, { ...RULE, set: object('set') }, place, ['op']);
    const inSet = { ...place, path: [...place.path, 'set'] };
    const fields = { value: optional(anyJson), metadata: optional(metadata), feature_values: optional(when) };
    const set = read && readMembers(read.set, fields, inSet);
    const changes = set && within(inSet, () => ruleChangesOf(set));
    return read && changes && { op: 'patch_rule', ...keyOf(read), set: changes };
  },
  delete_rule: (given, place) => {
    const read = readMembers(given, RULE, place, ['op']);
    return read && { op: 'delete_rule', ...keyOf(read) };
  },
  put_rollout: (given, place) => {
    const fields = { ...ROLLOUT, ...ROLLOUT_FIELDS, members: optional(units('members')) };
    const read = readMembers(given, fields, place, ['op']);
    const rollout = read && within(place, () => draftOf({ ...read, feature_values: read.feature_values ?? [] }));
    if (read === undefined || rollout === undefined) return undefined;
    return { op: 'put_rollout', ...rolloutKeyOf(read), rollout, hasMembers: read.members !== undefined };
  },
  patch_rollout: (given, place) => {
    const read = readMembers(given, { ...ROLLOUT, set: object('set') }, place, ['op']);
    const inSet = { ...place, path: [...place.path, 'set'] };
    const set = read && readMembers(read.set, { ...ROLLOUT_FIELDS, feature_values: optional(when) }, inSet);
    const changes = set && within(inSet, () => rolloutChangesOf(set));
    return read && changes && { op: 'patch_rollout', ...rolloutKeyOf(read), set: changes };
  },
  delete_rollout: (given, place) => {
    const read = readMembers(given, ROLLOUT, place, ['op']);
    return read && { op: 'delete_rollout', ...rolloutKeyOf(read) };
  },
  change_members: (given, place) => {
    const lists = { add: optional(units('add')), remove: optional(units('remove')) };
    const read = readMembers(given, { ...ROLLOUT, ...lists }, place, ['op']);
    const change = read && within(place, () => listsOf(read));
    if (read === undefined || change === undefined) return undefined;
    return { op: 'change_members', ...rolloutKeyOf(read), added: change.added, removed: change.removed };
  },
  put_setting: (given, place) => {
    const fields = { setting, ...SETTING_FIELDS, create: optional(boolean('create')), expect };
    const read = readMembers(given, fields, place, ['op']);
    if (read === undefined) return undefined;
    const { setting: name, create = false, expect: known, ...set } = read;
    const isNew = create || known === null;
    if (isNew && within(place, () => settingName('setting').read(textOf(given, 'setting'))) === undefined)
      return undefined;
    return { op: 'put_setting', setting: name, set: definedOf(set), create, expect: known };
  },
  declare: (given, place) => {
    const fields = {
      name: settingName('name'),
      configurable_features: featureList,
      type: settingType,
      default_value: anyJson,
      metadata: optional(metadata),
      alias: optional({ read: (json: Json) => (json.kind === 'null' ? undefined : anyText('alias').read(json)) }),
      version: optional(version),
      on_conflict: optional(oneOf('on_conflict', ['fail', 'skip'])),
    };
    const read = readMembers(given, fields, place, ['op']);
    const declaration = read && within(place, () => declarationOf(read));
    if (read === undefined || declaration === undefined) return undefined;
    return { op: 'declare', declaration, alias: read.alias, skipsConflicts: read.on_conflict === 'skip' };
  },
  rename_setting: (given, place) => {
    const fields = {
      setting,
      name: settingName('name'),
      version: optional(version),
      keep_alias: optional(boolean('keep_alias')),
      expect,
    };
    const read = readMembers(given, fields, place, ['op']);
    if (read === undefined) return undefined;
    const { keep_alias: keepsAlias = true, ...rest } = read;
    return { op: 'rename_setting', ...rest, version: rest.version, expect: rest.expect, keepsAlias };
  },
  delete_setting: (given, place) => {
    const read = readMembers(given, { setting, expect }, place, ['op']);
    return read && { op: 'delete_setting', setting: read.setting, expect: read.expect };
  },
  add_context_feature: (given, place) => {
    const read = readMembers(given, { name: featureName('name'), ...BESIDE }, place, ['op']);
    const isPlaced = read !== undefined && (read.after !== undefined || read.before !== undefined);
    const beside = isPlaced ? within(place, () => placeOf(read)) : undefined;
    if (read === undefined || (isPlaced && beside === undefined)) return undefined;
    return { op: 'add_context_feature', name: read.name, place: beside };
  },
  move_context_feature: (given, place) => {
    const read = readMembers(given, { name: anyText('name'), ...BESIDE }, place, ['op']);
    const beside = read && within(place, () => placeOf(read));
    return read && beside && { op: 'move_context_feature', name: read.name, place: beside };
  },
  delete_context_feature: (given, place) => {
    const read = readMembers(given, { name: anyText('name') }, place, ['op']);
    return read && { op: 'delete_context_feature', name: read.name };
  },
} satisfies Record<OperationName, OperationReader>;

export const OPERATION_NAMES = Object.keys(READERS) as OperationName[];

const OP = oneOf('op', OPERATION_NAMES);

type ReadKey = Readonly<{
  setting: string;
  feature_values: ReturnType<typeof when.read> | undefined;
  expect: Expected;
}>;

function keyOf({ setting: name, feature_values: conditions = [], expect: known }: ReadKey) {
  return { setting: name, conditions, expect: known };
}

function rolloutKeyOf(read: ReadKey & Readonly<{ feature: string }>) {
  return { ...keyOf(read), feature: read.feature };
}

function placeOf({ after, before }: Readonly<{ after: string | undefined; before: string | undefined }>): FeaturePlace {
  if (after !== undefined && before === undefined) return { side: 'after', anchor: after };
  if (before !== undefined && after === undefined) return { side: 'before', anchor: before };
  const given = after === undefined ? 'neither' : 'both';
  throw invalid(`give exactly one of after and before; given: ${given}`, 'after', { code: 'exclusive' });
}

function textOf(given: ReadonlyMap<string, Json>, name: string): Json {
  const json = given.get(name);
  if (json === undefined) throw invalid(`${name} must be given`, name, { code: 'missing' });
  return json;
}

function definedOf<T extends object>(given: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
