import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { writeAll } from './1795905000000-shared-writes.js';

/** Each entry of the change log also has the `tracestate` of its write, by a default as its `traceparent` has. */
export class TraceState1795910000000 implements MigrationInterface {
  readonly name = 'TraceState1795910000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_changes add column tracestate text');
    await db.query(
      `alter table heksher_changes alter column tracestate set default nullif(current_setting('heksher.tracestate', true), '')`,
    );
    await db.query(writeAll('traceparent', 'tracestate'));
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query(writeAll('traceparent'));
    await db.query('alter table heksher_changes drop column tracestate');
  }
}
