import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What change sets are about, so that lists show them to those alone who may read it; null of older ones: not known. */
export class ChangesetSettings1795219680000 implements MigrationInterface {
  readonly name = 'ChangesetSettings1795219680000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_changesets add column settings text[]');
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_changesets drop column settings');
  }
}
