import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createWriteFunction } from './change-log/write-function.js';

/** A new rule, or rollout, takes two revisions in place of three: its conditions are inserted, and cannot be there yet. */
export class ConditionsOfNewOwners1795870000000 implements MigrationInterface {
  readonly name = 'ConditionsOfNewOwners1795870000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(createWriteFunction({ ofNewOwners: true }));
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query(createWriteFunction({ ofNewOwners: false }));
  }
}
