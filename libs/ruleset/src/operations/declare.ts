import {
  compareDeclarationSteps,
  compareVersions,
  conflict,
  type Declaration,
  type DeclarationOutcome,
  formatSettingType,
  formatVersion,
  type HeksherError,
  type InSteps,
  invalid,
  isSettingName,
  needsUses,
  NO_USES,
  notAcceptable,
  notFound,
  quoted,
  SETTING_NAME_RULE,
} from '@heksher/core';
import { type Draft, type DraftHead, type DraftSetting } from '../draft/index.js';
import { featuresInOrder } from './features.js';

/** What became of a declaration; `latestVersion` is the version of the setting before it. */
export type DeclarationResult =
  Readonly<{ kind: 'created' }> | (DeclarationOutcome & Readonly<{ latestVersion: string }>);

/** How a new setting may be declared: at version 1.0 only, as v1 has it, or at any. */
export type DeclareOptions = Readonly<{ alias?: string | undefined; newAtAnyVersion?: boolean }>;

/** Makes the setting, upgrades it, or leaves it as it is, as the result says. */
export function* declare(draft: Draft, declared: Declaration, options: DeclareOptions): InSteps<DeclarationResult> {
  const { alias, newAtAnyVersion = false } = options;
  const setting = declaredSetting(draft, declared.name, alias);
  if (setting === undefined) {
    create(draft, declared, newAtAnyVersion);
    return { kind: 'created' };
  }
  const { head } = setting;
  const isOutdated = compareVersions(declared.version, head.version) < 0;
  if (!isOutdated && !sameFeatures(head, declared)) featuresInOrder(draft, declared.configurableFeatures);
  const uses = needsUses(head, declared) ? yield* setting.uses() : NO_USES;
  const outcome = yield* compareDeclarationSteps(head, declared, uses);
  if (outcome.kind === 'upgraded') upgrade(draft, setting, declared);
  return { ...outcome, latestVersion: formatVersion(head.version) };
}

function create(draft: Draft, declared: Declaration, atAnyVersion: boolean): void {
  const version = formatVersion(declared.version);
  if (version !== '1.0' && !atAnyVersion) {
    const message = `newly created settings must have version 1.0, not ${version}`;
    throw notAcceptable(message, { field: 'version', code: 'first_version' });
  }
  const configurableFeatures = featuresInOrder(draft, declared.configurableFeatures);
  draft.addSetting({ ...fieldsOf(declared), name: declared.name, configurableFeatures });
}

function upgrade(draft: Draft, setting: DraftSetting, declared: Declaration): void {
  if (setting.name !== declared.name) draft.rename(setting, declared.name);
  setting.changeHead({
    ...fieldsOf(declared),
    configurableFeatures: featuresInOrder(draft, declared.configurableFeatures),
  });
}

function fieldsOf({ type, defaultValue, version, metadata }: Declaration) {
  return { typeText: formatSettingType(type), defaultValue, version, metadata };
}

/** The setting that a declaration by `name`, renaming `alias` perhaps, speaks of; undefined: a new one. */
function declaredSetting(draft: Draft, name: string, alias: string | undefined): DraftSetting | undefined {
  const byName = draft.setting(name);
  if (alias === undefined) return byName;
  const byAlias = draft.setting(alias);
  if (byAlias === undefined) throw unknownAlias(alias);
  const isRename = byName === undefined && byAlias.name === alias;
  if (isRename || byName === byAlias) return byAlias;
  const other = byName === undefined ? `a setting to rename to "${name}"` : `"${byName.name}"`;
  throw conflict(`the alias ${quoted(alias)} names the setting "${byAlias.name}", not ${other}`, {
    field: 'alias',
    code: 'name_taken',
    subject: 'alias',
  });
}

/** An alias that could never be one is malformed input; an odd one of an adopted database is found before this. */
function unknownAlias(alias: string): HeksherError {
  if (isSettingName(alias)) return notFound('alias', alias);
  return invalid(`alias must be the name of a setting: ${SETTING_NAME_RULE}; given: ${quoted(alias)}`, 'alias');
}

function sameFeatures(existing: DraftHead, { configurableFeatures }: Declaration): boolean {
  const stored = existing.configurableFeatures;
  return stored.length === configurableFeatures.length && stored.every((name) => configurableFeatures.includes(name));
}
