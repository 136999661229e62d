import { HeksherError, type JsonText } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Logger } from '../logging/index.js';
import { type RulesQuery } from './query.js';
import { writeAnswer } from './ruleset.js';
import { loadRuleset, resolveNames } from './ruleset.store.js';

/** The main endpoint: the rules that can matter to a reader, who resolves them for each context. */
@Injectable()
export class QueryService {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    logger: Logger,
  ) {
    this.log = logger.child('query');
  }

  /** The body of the answer, from one snapshot of the database. */
  async query({ settings, filter, includeMetadata }: RulesQuery): Promise<JsonText> {
    return this.dataSource.transaction('REPEATABLE READ', async (db) => {
      const names = settings === undefined ? undefined : await canonicalNames(db, settings);
      if (filter.kind === 'by-feature') await this.reportUnknownFeatures(db, [...filter.features.keys()]);
      return writeAnswer(await loadRuleset(db, names), filter, includeMetadata);
    });
  }

  private async reportUnknownFeatures(db: EntityManager, features: readonly string[]): Promise<void> {
    const rows: { name: string }[] = await db.query(
      `select given.name from unnest($1::varchar[]) as given (name)
        where not exists (select from context_features f where f.name = given.name)`,
      [features],
    );
    if (rows.length === 0) return;
    this.log.info('a query filters by unknown context features', { context_features: rows.map(({ name }) => name) });
  }
}

async function canonicalNames(db: EntityManager, given: readonly string[]): Promise<readonly string[]> {
  const names = await resolveNames(db, given);
  const unknown = given.filter((name) => !names.has(name));
  if (unknown.length > 0) {
    const listed = unknown.map((name) => JSON.stringify(name)).join(', ');
    throw new HeksherError('not_found', `the settings ${listed} do not exist`, { subject: 'setting' });
  }
  return [...new Set(names.values())];
}
