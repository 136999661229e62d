import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The id that entries of the log have of their transaction. Where one transaction carries out several writes, each of them is logged as if it were one of
 * its own: the part that it is stands in the highest byte, which ids of transactions never reach.
 */
const TX = `
create function heksher_tx() returns xid8 language sql volatile as $function$
select case when coalesce(current_setting('heksher.tx_part', true), '') in ('', '0') then pg_current_xact_id()
            else (pg_current_xact_id()::text::numeric
                  + current_setting('heksher.tx_part')::numeric * ${2 ** 56})::text::xid8
       end
$function$`;

/**
 * `heksher_write_all`: several writes in one transaction, which one commit makes durable. Each one is what `heksher_write` makes of it, with an
 * origin and an entry of history of its own. Where `expected` is not the newest revision it does nothing and returns no row; else it returns
 * one for each, in their order. Where one fails, none is done.
 * @param ofTrace members of a write that the settings of the same names are set to
 */
export const writeAll = (...ofTrace: readonly string[]): string => `
create or replace function heksher_write_all(expected uuid, writes jsonb)
returns table (seq bigint, token uuid, new_rules integer[], new_rollouts integer[])
language plpgsql
as $function$
declare
  newest uuid := expected;
  part integer := 0;
  one jsonb;
begin
  for one in select w.write from jsonb_array_elements(writes) with ordinality w (write, place) order by w.place loop
    perform set_config('heksher.tx_part', part::text, true),
            ${ofTrace.map((name) => `set_config('heksher.${name}', coalesce(one ->> '${name}', ''), true)`).join(',\n            ')};
    select w.seq, w.token, w.new_rules, w.new_rollouts into seq, token, new_rules, new_rollouts
      from heksher_write(newest, coalesce(one ->> 'actor', ''), coalesce(one ->> 'request_id', ''),
                         coalesce(one ->> 'message', ''), one -> 'changes') w;
    exit when not found;
    newest := token;
    part := part + 1;
    return next;
  end loop;
  perform set_config('heksher.tx_part', '', true);
end
$function$`;

/** Writes that wait for each other share a commit. */
export class SharedWrites1795905000000 implements MigrationInterface {
  readonly name = 'SharedWrites1795905000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(TX);
    await db.query('alter table heksher_changes alter column tx set default heksher_tx()');
    await db.query(writeAll('traceparent'));
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop function heksher_write_all');
    await db.query('alter table heksher_changes alter column tx set default pg_current_xact_id()');
    await db.query('drop function heksher_tx');
  }
}
