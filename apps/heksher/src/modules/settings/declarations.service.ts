import {
  compareDeclarationSteps,
  compareVersions,
  conflict,
  type Declaration,
  type DeclarationOutcome,
  formatVersion,
  HeksherError,
  invalid,
  isSettingName,
  needsUses,
  notAcceptable,
  NO_USES,
  notFound,
  quoted,
  SETTING_NAME_RULE,
} from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { mergeMetadata, replaceMetadata } from '../../metadata.store.js';
import { sliced } from '../../in-slices.js';
import { type LogWrite, NOTHING_YET, Writes } from '../../writes.js';
import { ContextFeaturesService } from '../context-features/context-features.service.js';
import { Logger } from '../logging/index.js';
import {
  findSetting,
  insertSetting,
  listUses,
  renameSetting,
  replaceConfigurableFeatures,
  type StoredSetting,
  updateSetting,
} from './settings.store.js';

/** What became of a declaration; `latestVersion` is the version of the setting before it. */
export type DeclarationResult =
  Readonly<{ kind: 'created' }> | (DeclarationOutcome & Readonly<{ latestVersion: string }>);

type Decision =
  | Readonly<{ existing: undefined; outcome: undefined }>
  | Readonly<{ existing: StoredSetting; outcome: DeclarationOutcome }>;

/** Declarations: code says which setting it relies on, and the setting comes to be, stays, moves on, or stands its ground. */
@Injectable()
export class DeclarationsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly contextFeatures: ContextFeaturesService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('settings'));
  }

  /**
   * Most declarations find what they declare, when all processes of a service start at once, for instance: so it is
   * looked at without a lock first, and only what must write decides again as a writer.
   */
  async declare(declaration: Declaration, alias: string | undefined, caller: Caller): Promise<DeclarationResult> {
    if (caller.precondition !== undefined) return this.write(declaration, alias, caller);
    const seen = await this.dataSource.transaction('REPEATABLE READ', (db) => this.decide(db, declaration, alias));
    if (seen.outcome !== undefined && seen.outcome.kind !== 'upgraded') return resultOf(seen);
    return this.write(declaration, alias, caller);
  }

  private async write(declaration: Declaration, alias: string | undefined, caller: Caller): Promise<DeclarationResult> {
    const decision = await this.writes.run(caller, NOTHING_YET, async (db, log) => {
      const decision = await this.decide(db, declaration, alias);
      if (decision.existing === undefined) await this.create(db, declaration);
      else if (decision.outcome.kind === 'upgraded') await upgrade(db, decision.existing, declaration);
      logDecision(decision, declaration, log);
      return decision;
    });
    return resultOf(decision);
  }

  private async decide(db: EntityManager, declaration: Declaration, alias: string | undefined): Promise<Decision> {
    const existing = await declaredSetting(db, declaration.name, alias);
    if (existing === undefined) return { existing, outcome: undefined };
    const isOutdated = compareVersions(declaration.version, existing.version) < 0;
    if (!isOutdated && !sameFeatures(existing, declaration)) {
      await this.contextFeatures.inOrder(db, declaration.configurableFeatures);
    }
    const uses = needsUses(existing, declaration) ? await listUses(db, existing.name) : NO_USES;
    return { existing, outcome: await sliced(compareDeclarationSteps(existing, declaration, uses)) };
  }

  private async create(db: EntityManager, declaration: Declaration): Promise<void> {
    const version = formatVersion(declaration.version);
    if (version !== '1.0') {
      const message = `newly created settings must have version 1.0, not ${version}`;
      throw notAcceptable(message, { field: 'version', code: 'first_version' });
    }
    await this.contextFeatures.inOrder(db, declaration.configurableFeatures);
    await insertSetting(db, declaration);
    await mergeMetadata(db, { kind: 'setting', key: declaration.name }, declaration.metadata);
  }
}

function logDecision({ existing, outcome }: Decision, { name, version }: Declaration, log: LogWrite): void {
  if (existing === undefined) {
    log('setting created', { setting: name });
  } else if (outcome.kind === 'upgraded') {
    const [from, to] = [formatVersion(existing.version), formatVersion(version)];
    log('setting upgraded', { setting: name, from, to, differences: outcome.differences.length });
  }
}

async function upgrade(db: EntityManager, existing: StoredSetting, declaration: Declaration): Promise<void> {
  if (existing.name !== declaration.name) await renameSetting(db, existing.name, declaration.name);
  await updateSetting(db, declaration.name, declaration);
  if (!sameFeatures(existing, declaration)) {
    await replaceConfigurableFeatures(db, declaration.name, declaration.configurableFeatures);
  }
  await replaceMetadata(db, { kind: 'setting', key: declaration.name }, declaration.metadata);
}

/** The setting that a declaration by `name`, renaming `alias` perhaps, speaks of; undefined: a new one. */
async function declaredSetting(
  db: EntityManager,
  name: string,
  alias: string | undefined,
): Promise<StoredSetting | undefined> {
  const byName = await findSetting(db, name);
  if (alias === undefined) return byName;
  const byAlias = await findSetting(db, alias);
  if (byAlias === undefined) throw unknownAlias(alias);
  const isRename = byName === undefined && byAlias.name === alias;
  if (isRename || byName?.name === byAlias.name) return byAlias;
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

function sameFeatures(existing: StoredSetting, { configurableFeatures }: Declaration): boolean {
  const stored = existing.configurableFeatures;
  return stored.length === configurableFeatures.length && stored.every((name) => configurableFeatures.includes(name));
}

function resultOf({ existing, outcome }: Decision): DeclarationResult {
  if (existing === undefined) return { kind: 'created' };
  return { ...outcome, latestVersion: formatVersion(existing.version) };
}
