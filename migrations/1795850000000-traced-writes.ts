import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Each entry of the change log names the trace of its write, so that what follows from it, such as a webhook, is part of that. By a
 * default, so that the functions that write the log stay as they are; it is set after, and no entry is rewritten.
 */
export class TracedWrites1795850000000 implements MigrationInterface {
  readonly name = 'TracedWrites1795850000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_changes add column traceparent text');
    await db.query(
      `alter table heksher_changes alter column traceparent set default nullif(current_setting('heksher.traceparent', true), '')`,
    );
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_changes drop column traceparent');
  }
}
