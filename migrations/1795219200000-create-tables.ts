import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { holdsHeksher } from './heksher-05/inspect.js';
import { CREATE_INDEXES, CREATE_TABLES, FOREIGN_KEYS, JSON_TEXTS, KEYS, TABLES } from './heksher-05/schema.js';
import { add, takeOver } from './heksher-05/take-over.js';

/** Triggers need `gen_random_uuid()` without an extension. */
const OLDEST_SERVER = 13;

/**
 * Creates the data tables, which are those of Heksher 0.5; where that service's last schema is there, takes it over
 * with its rows. An older or unknown schema is an error that changes nothing.
 */
export class CreateTables1795219200000 implements MigrationInterface {
  readonly name = 'CreateTables1795219200000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    const [server] = await db.query<readonly [{ version: string }]>('show server_version_num');
    const version = Math.floor(Number(Object.values(server)[0]) / 10_000);
    if (version < OLDEST_SERVER)
      throw new Error(`the server is PostgreSQL ${String(version)}; ${String(OLDEST_SERVER)} or newer is needed`);
    if (await holdsHeksher(db)) return takeOver(db);
    const constraints = [...KEYS, ...JSON_TEXTS, ...FOREIGN_KEYS].map(add);
    for (const statement of [...CREATE_TABLES, ...constraints, ...CREATE_INDEXES]) await db.query(statement);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query(`drop table ${[...TABLES.keys()].reverse().join(', ')}`);
  }
}
