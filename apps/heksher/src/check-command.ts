import { errorMessage, HeksherError } from '@heksher/core';
import { type Config } from './config.js';
import { openDatabase } from './database.js';
import { discover } from './modules/access/issuer-keys.js';
import { type Logger } from './modules/logging/index.js';

/** What was looked at, and what is the matter with it, if anything. */
export type Finding = Readonly<{ what: string; problem: string | undefined }>;

/**
 * Whether a service that is configured like this would start and find what it needs, all of it at once. Nothing is changed: the database is not brought
 * to the schema, and is not waited for.
 */
export async function checkConnections(config: Config, log: Logger): Promise<readonly Finding[]> {
  const issuers = config.access?.oauth?.issuers ?? [];
  return Promise.all([
    found('the database', () => checkDatabase(config, log)),
    ...issuers.map(({ issuer, jwksUrl }) =>
      found(`the issuer ${issuer}`, async () => {
        if (jwksUrl === undefined) await discover(issuer, ['jwks_uri']);
      }),
    ),
  ]);
}

async function checkDatabase(config: Config, log: Logger): Promise<void> {
  if (config.docOnly) return;
  const database = await openDatabase({ ...config, migrateOnStart: false, databaseWaitMs: 0 }, log);
  await database.close();
}

async function found(what: string, check: () => Promise<void>): Promise<Finding> {
  try {
    await check();
    return { what, problem: undefined };
  } catch (error) {
    return { what, problem: error instanceof HeksherError ? error.message : errorMessage(error) };
  }
}
