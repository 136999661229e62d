import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { LOG_WITH_REASONS } from './1795219380000-trace-writes.js';
import { type LogForm, replaceFunctions } from './change-log/triggers.js';

/**
 * Sessions that listen to `heksher_changes` are told when a transaction that took a revision is committed: once, however many it
 * took, since its notifications are all alike. A transaction that is to be prepared (two-phase commit) may not notify: `set heksher.notify = off`.
 */
const LOG: LogForm = {
  ...LOG_WITH_REASONS,
  taken: `
  if current_setting('heksher.notify', true) is distinct from 'off' then
    perform pg_notify('heksher_changes', '');
  end if;`,
};

/** Followers of the change log need not ask again and again. */
export class NotifyChanges1795820000000 implements MigrationInterface {
  readonly name = 'NotifyChanges1795820000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await replaceFunctions(db, LOG);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await replaceFunctions(db, LOG_WITH_REASONS);
  }
}
