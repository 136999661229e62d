import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { ACTOR, createTriggers, type LogForm, replaceFunctions } from './change-log/triggers.js';

/** Each new table with what names the setting of its rows: a column, or the rollout whose setting it is. */
const LOGGED_TABLES: ReadonlyMap<string, string> = new Map([
  ['rollouts', 'setting'],
  ['rollout_conditions', 'rollout'],
  ['rollout_members', 'rollout'],
  ['rollout_metadata', 'rollout'],
]);

const LOG_BEFORE: LogForm = { parents: new Map([['rule', 'rules']]), origin: ACTOR, unmarked: '' };

/** The log as this migration leaves it. */
export const LOG_WITH_ROLLOUTS: LogForm = {
  ...LOG_BEFORE,
  parents: new Map([...LOG_BEFORE.parents, ['rollout', 'rollouts']]),
};

/** Values, variants and ramps are JSON text, kept as it was written. */
const CREATE_ROLLOUTS = `
create table rollouts (
  id serial not null,
  setting varchar not null,
  feature varchar not null,
  enabled boolean not null default true,
  percentage numeric(6,3),
  ramp text,
  pattern text,
  value text,
  variants text,
  hash text not null,
  salt text not null,
  constraint rollouts_pkey primary key (id),
  constraint rollouts_setting_fkey foreign key (setting) references settings (name) on update cascade on delete cascade,
  constraint rollouts_feature_fkey foreign key (feature) references context_features (name),
  constraint rollouts_share_check check (num_nonnulls(percentage, ramp) = 1),
  constraint rollouts_percentage_check check (percentage >= 0 and percentage <= 100),
  constraint rollouts_outcome_check check (num_nonnulls(value, variants) = 1),
  constraint rollouts_json_check check (
    (ramp is null or ramp::json is not null) and (value is null or value::json is not null)
    and (variants is null or variants::json is not null)),
  constraint rollouts_hash_check check (hash in ('murmur3', 'crc32'))
)`;

const TO_ROLLOUT = 'references rollouts (id) on update cascade on delete cascade';

const CREATE_CONDITIONS = `
create table rollout_conditions (
  rollout integer not null,
  context_feature varchar not null,
  feature_value varchar not null,
  constraint rollout_conditions_pkey primary key (rollout, context_feature),
  constraint rollout_conditions_rollout_fkey foreign key (rollout) ${TO_ROLLOUT},
  constraint rollout_conditions_context_feature_fkey foreign key (context_feature) references context_features (name)
)`;

/** The order of units is that of their bytes, whatever the database's language: pages of members rely on it. */
const CREATE_MEMBERS = `
create table rollout_members (
  rollout integer not null,
  unit text collate "C" not null,
  constraint rollout_members_pkey primary key (rollout, unit),
  constraint rollout_members_rollout_fkey foreign key (rollout) ${TO_ROLLOUT}
)`;

const CREATE_METADATA = `
create table rollout_metadata (
  rollout integer not null,
  key varchar not null,
  value jsonb not null,
  constraint rollout_metadata_pkey primary key (rollout, key),
  constraint rollout_metadata_rollout_fkey foreign key (rollout) ${TO_ROLLOUT}
)`;

/** Rollouts with their conditions, members and metadata, in the revision and the change log as all data tables are. */
export class CreateRollouts1795219320000 implements MigrationInterface {
  readonly name = 'CreateRollouts1795219320000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    const tables = [CREATE_ROLLOUTS, CREATE_CONDITIONS, CREATE_MEMBERS, CREATE_METADATA];
    for (const statement of [...tables, 'create index ix_rollouts_setting on rollouts (setting)']) {
      await db.query(statement);
    }
    await replaceFunctions(db, LOG_WITH_ROLLOUTS);
    for (const statement of [...LOGGED_TABLES].flatMap(([table, setting]) => createTriggers(table, setting))) {
      await db.query(statement);
    }
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query(`drop table ${[...LOGGED_TABLES.keys()].reverse().join(', ')}`);
    await replaceFunctions(db, LOG_BEFORE);
  }
}
