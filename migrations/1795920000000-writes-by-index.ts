import { type MigrationInterface, type QueryRunner } from 'typeorm';

const WRITE = 'function heksher_write(uuid, text, text, text, jsonb)';
const JOINS = ['enable_hashjoin', 'enable_mergejoin'];

/**
 * `heksher_write` finds the rows that it changes by their index, one by one. Its plans are kept, and do not know how few rows a write names: one made while `rules` was small
 * joined them with all rules there are, which a write of one rule then went through for as long as the session lived.
 */
export class WritesByIndex1795920000000 implements MigrationInterface {
  readonly name = 'WritesByIndex1795920000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    for (const join of JOINS) await db.query(`alter ${WRITE} set ${join} = off`);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    for (const join of JOINS) await db.query(`alter ${WRITE} reset ${join}`);
  }
}
