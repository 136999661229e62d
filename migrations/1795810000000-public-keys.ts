import { type MigrationInterface, type QueryRunner } from 'typeorm';

const ADD = `
alter table heksher_keys
  drop constraint heksher_keys_kind_check,
  add constraint heksher_keys_kind_check check (kind in ('user', 'machine', 'public')),
  add column origins text[] not null default '{}',
  add column rate text`;

const TAKE_AWAY = `
alter table heksher_keys
  drop constraint heksher_keys_kind_check,
  add constraint heksher_keys_kind_check check (kind in ('user', 'machine')),
  drop column rate,
  drop column origins`;

/** Keys that pages show to everybody, with the origins of these pages and how often each address may ask. */
export class PublicKeys1795810000000 implements MigrationInterface {
  readonly name = 'PublicKeys1795810000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(ADD);
  }

  /** Without their origins, such keys would hold everywhere. */
  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query(`delete from heksher_keys k where k.kind = 'public'`);
    await db.query(TAKE_AWAY);
  }
}
