import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What looks through the log for transactions reads marks alone, not the rows between; and finds renamings, and entries that name
 * no setting (context features, and what went with its rule or rollout), where they are few among many.
 */
const INDEXES = [
  `create index ix_heksher_changes_marks on heksher_changes (seq) include (tx, at)
    where op in ('statement', 'truncate')`,
  `create index ix_heksher_changes_renamings on heksher_changes (seq)
    where "table" = 'settings' and op = 'update' and old ->> 'name' <> new ->> 'name'`,
  `create index ix_heksher_changes_no_setting on heksher_changes (seq)
    where setting is null and op in ('insert', 'update', 'delete')`,
];

/** Indexes of the change log, for its history. */
export class HistoryIndexes1795219440000 implements MigrationInterface {
  readonly name = 'HistoryIndexes1795219440000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    for (const statement of INDEXES) await db.query(statement);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    for (const name of ['marks', 'renamings', 'no_setting']) await db.query(`drop index ix_heksher_changes_${name}`);
  }
}
