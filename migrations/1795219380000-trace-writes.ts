import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { LOG_WITH_ROLLOUTS } from './1795219320000-create-rollouts.js';
import { ACTOR_AND_REASON, type LogForm, replaceFunctions } from './change-log/triggers.js';

/**
 * A row of which no statement trigger took the revision comes from logical replication, which fires row triggers alone:
 * its entry and its revision are replicated with it.
 */
export const LOG_WITH_REASONS: LogForm = {
  ...LOG_WITH_ROLLOUTS,
  origin: ACTOR_AND_REASON,
  unmarked: '\n  if not found then return null; end if;',
};

const LOGGED_TABLES = [
  'context_features',
  'settings',
  'configurable',
  'setting_aliases',
  'setting_metadata',
  'rules',
  'conditions',
  'rule_metadata',
  'rollouts',
  'rollout_conditions',
  'rollout_members',
  'rollout_metadata',
] as const;

const TRIGGERS = [
  'heksher_1_take_revision',
  'heksher_2_log_truncate',
  'heksher_3_log_insert',
  'heksher_4_log_update',
  'heksher_5_log_delete',
] as const;

/** The columns come without a default, which is set after: a volatile one would make PostgreSQL rewrite a large log. */
const ADD_COLUMNS = [
  'alter table heksher_changes add column tx xid8, add column message text, add column request_id text',
  'alter table heksher_changes alter column tx set default pg_current_xact_id()',
  'create index ix_heksher_changes_setting_seq on heksher_changes (setting, seq)',
];

/**
 * Each entry of the change log names its transaction, the message and the request it is for; and writes under
 * `session_replication_role = replica` are logged too.
 */
export class TraceWrites1795219380000 implements MigrationInterface {
  readonly name = 'TraceWrites1795219380000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    for (const statement of ADD_COLUMNS) await db.query(statement);
    await replaceFunctions(db, LOG_WITH_REASONS);
    for (const table of LOGGED_TABLES) await db.query(enableTriggers(table, 'enable always trigger'));
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    for (const table of LOGGED_TABLES) await db.query(enableTriggers(table, 'enable trigger'));
    await replaceFunctions(db, LOG_WITH_ROLLOUTS);
    await db.query('drop index ix_heksher_changes_setting_seq');
    await db.query('alter table heksher_changes drop column tx, drop column message, drop column request_id');
  }
}

function enableTriggers(table: string, how: string): string {
  return `alter table ${table} ${TRIGGERS.map((trigger) => `${how} ${trigger}`).join(', ')}`;
}
