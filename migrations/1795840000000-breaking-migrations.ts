import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The table of migrations says of each whether a version that does not know it can still serve the database: where it only added,
 * an image can be rolled back without the schema (docs/decisions/rollback.md).
 */
export class BreakingMigrations1795840000000 implements MigrationInterface {
  readonly name = 'BreakingMigrations1795840000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    // What was there before is for versions that refuse whatever they do not know.
    await db.query('alter table heksher_migrations add column breaking boolean not null default true');
    await db.query('alter table heksher_migrations alter column breaking set default false');
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_migrations drop column breaking');
  }
}
