import { type SettingRenaming } from '@heksher/core';
import { querySnapshot, type SnapshotReader } from '../ruleset/loading.js';

/** All times that settings got other names, in their order. */
export async function readRenamings(
  snapshot: SnapshotReader,
  from = 0,
  to?: number,
): Promise<readonly SettingRenaming[]> {
  const rows = await querySnapshot<[seq: string, from: string, to: string]>(
    snapshot,
    `select c.seq, c.old ->> 'name', c.new ->> 'name'
       from heksher_changes c
      where c."table" = 'settings' and c.op = 'update' and c.old ->> 'name' <> c.new ->> 'name'
        and c.seq >= $1 and ($2::bigint is null or c.seq <= $2)
      order by c.seq, c.id`,
    [from, to ?? null],
  );
  return rows.map(([seq, earlier, later]) => ({ seq: Number(seq), from: earlier, to: later }));
}

/** The canonical name of what has that name or alias now. */
export async function readCanonicalName(snapshot: SnapshotReader, name: string): Promise<string | undefined> {
  const [row] = await querySnapshot<[name: string | null]>(
    snapshot,
    `select coalesce((select s.name from settings s where s.name = $1), (select a.setting from setting_aliases a where a.alias = $1))`,
    [name],
  );
  return row?.[0] ?? undefined;
}

/** The newest revision that names each of these settings. */
export async function readLastSeen(
  snapshot: SnapshotReader,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await querySnapshot<[name: string, seq: string]>(
    snapshot,
    `select n.name, (select c.seq from heksher_changes c where c.setting = n.name order by c.seq desc limit 1)
       from unnest($1::text[]) n (name)`,
    [names],
  );
  return new Map(rows.map(([name, seq]) => [name, Number(seq)]));
}
