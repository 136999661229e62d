import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createWriteFunction } from './change-log/write-function.js';

/** One write in one statement, for writers that decide in memory. */
export class WriteFunction1795219430000 implements MigrationInterface {
  readonly name = 'WriteFunction1795219430000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(createWriteFunction({ ofNewOwners: false }));
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop function heksher_write');
  }
}
