import { TABLE_KEYS } from '@heksher/core';

/** Members are read from the log by themselves. */
type PastTable = Exclude<keyof typeof TABLE_KEYS, 'rollout_members'>;

/** Which rows are wanted: a condition on the row `t`. */
type Wanted = Readonly<Partial<Record<PastTable, string>>>;

/**
 * Common table expressions that stand in for data tables, under their very names, as they were after the revision $1: for
 * any statement that reads them. The first entry of the log after that revision that names a key tells what its row was: the
 * old image, or that it was not there; images are not sorted with their keys, since they may be long. What no entry names is as it is.
 */
export function pastTables(wanted: Wanted): string {
  const tables = Object.entries(wanted) as [PastTable, string][];
  return `with ${tables.map(([table, condition]) => pastTable(table, condition)).join(',\n')}`;
}

function pastTable(table: PastTable, condition: string): string {
  const keys: readonly string[] = TABLE_KEYS[table];
  const key = keys.map((column) => `k.image ->> '${column}'`).join(', ');
  const ordinals = keys.map((_, index) => String(index + 1)).join(', ');
  const names = keys.map((column, index) => `t."${column}"::text = w.k${index}`).join(' and ');
  const columns = keys.map((_, index) => `k${index}`).join(', ');
  return `
  was_${table} (${columns}, was) as materialized (
    select ${columns}, case when f.which = 'old' then (select o.old from heksher_changes o where o.id = f.id) end
      from (select distinct on (${ordinals}) ${key}, c.id, k.which
              from heksher_changes c
             cross join lateral (values ('old', c.old), ('new', c.new)) k (which, image)
             where c.seq > $1 and c."table" = '${table}' and k.image is not null
             order by ${ordinals}, c.id, k.which = 'new') f (${columns}, id, which)),
  ${table} as materialized (
    select t.* from "${table}" t where ${condition} and not exists (select from was_${table} w where ${names})
     union all
    select t.* from was_${table} w cross join lateral jsonb_populate_record(null::"${table}", w.was) t
     where w.was is not null and ${condition})`;
}
