import { type Condition, jsonText } from '@heksher/core';
import { type Session } from '@heksher/database';
import { LoadedRollout, MemberSet, NO_METADATA, type Revision, type Ruleset } from '@heksher/ruleset';
import { sliced } from '../../in-slices.js';
import { selectConditions, selectMetadataObject } from '../../sql-fragments.js';
import { FETCHED_AT_ONCE } from './loading.js';

/** The session of a transaction that sees one snapshot, with a statement timeout. */
type Snapshot = Readonly<{ connection: Session; loadTimeoutMs: number }>;

/** Where more members of a rollout changed than this, loading all of them is quicker than naming them. */
const MOST_TOUCHED = 20_000;

/** A row of a rollout as it is read, in whatever way. */
export type RolloutRow = [
  id: number,
  setting: string,
  feature: string,
  enabled: boolean,
  percentage: string | null,
  ramp: string | null,
  pattern: string | null,
  value: string | null,
  variants: string | null,
  hash: string,
  salt: string,
  conditions: Condition[],
  metadata: string | null,
];

const SELECT_ROLLOUTS = `
  select r.id, r.setting, r.feature, r.enabled, r.percentage, r.ramp, r.pattern, r.value, r.variants, r.hash, r.salt,
         ${selectConditions('rollout', 'r.id')},
         ${selectMetadataObject('rollout', 'r.id')}
    from rollouts r`;

/** The rollouts of all settings, by the settings' names. */
export async function loadAllRollouts(snapshot: Snapshot): Promise<ReadonlyMap<string, LoadedRollout[]>> {
  const { connection, loadTimeoutMs } = snapshot;
  const rows = await connection.query<RolloutRow>({ text: `${SELECT_ROLLOUTS} order by r.id` }, loadTimeoutMs);
  const members = await loadMembers(snapshot, 'select m.rollout, m.unit from rollout_members m', []);
  return bySetting(rows, (id) => members.get(id));
}

/** The rollouts of the touched settings as they are now: those that did not change are the very same. */
export type TouchedRollouts = Readonly<{ of(setting: string): readonly LoadedRollout[] }>;

/** Reads the rollouts that the change log names; of their members only those that came or went, unless these are many. */
export async function refreshRollouts(
  snapshot: Snapshot,
  previous: Ruleset,
  { settings, hasRollouts }: Readonly<{ settings: readonly string[]; hasRollouts: boolean }>,
): Promise<TouchedRollouts> {
  const rolloutsOf = (setting: string) => previous.settings.get(setting)?.rollouts ?? [];
  if (!hasRollouts) return { of: rolloutsOf };
  const { connection, loadTimeoutMs } = snapshot;
  const touched = await readTouched(snapshot, previous.revision);
  const known = new Map(settings.flatMap(rolloutsOf).map(({ id, members }) => [id, members]));
  const members = await refreshMembers(snapshot, touched, known);
  const rows = await connection.query<RolloutRow>(
    { name: 'rollouts', text: `${SELECT_ROLLOUTS} where r.id = any ($1) order by r.id`, values: [[...touched.keys()]] },
    loadTimeoutMs,
  );
  const present = bySetting(rows, (id) => members.get(id));
  const of = (setting: string) => {
    const untouched = rolloutsOf(setting).filter(({ id }) => !touched.has(id));
    return [...untouched, ...(present.get(setting) ?? [])].sort((a, b) => a.id - b.id);
  };
  return { of };
}

/** The units of each touched rollout that came or went, perhaps back again; null where these are many, or it came or went itself. */
type Touched = ReadonlyMap<number, readonly string[] | null>;

/** What went together with its rollout names no setting: that the rollout went is logged too. */
async function readTouched({ connection, loadTimeoutMs }: Snapshot, since: Revision): Promise<Touched> {
  const rows = await connection.query<[rollout: number, units: string[] | null]>(
    {
      name: 'touched rollouts',
      text: `
        with touched as (
          select coalesce(image.row ->> 'rollout', image.row ->> 'id')::integer as rollout, image.row ->> 'unit' as unit,
                 c."table" = 'rollouts' and c.op <> 'update' as is_whole
            from heksher_changes c
           cross join lateral (values (c.old), (c.new)) as image (row)
           where c.seq > $1 and c.seq <= (select r.seq from heksher_revision r)
             and c."table" in ('rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata')
             and c.setting is not null
             and image.row is not null),
        counted as (
          select t.rollout, count(t.unit) <= $2 and not bool_or(t.is_whole) as are_few from touched t group by t.rollout)
        select c.rollout,
               case when c.are_few
                    then coalesce(array_agg(distinct t.unit) filter (where t.unit is not null and c.are_few), '{}')
               end
          from counted c
          join touched t on t.rollout = c.rollout
         group by c.rollout, c.are_few`,
      values: [since.seq, MOST_TOUCHED],
    },
    loadTimeoutMs,
  );
  return new Map(rows);
}

/** The members of the touched rollouts, given those that are known. */
async function refreshMembers(
  snapshot: Snapshot,
  touched: Touched,
  known: ReadonlyMap<number, MemberSet>,
): Promise<ReadonlyMap<number, MemberSet>> {
  const reloaded = [...touched].filter(([id, units]) => units === null || !known.has(id)).map(([id]) => id);
  const all = 'select m.rollout, m.unit from rollout_members m where m.rollout = any ($1)';
  const members = reloaded.length === 0 ? new Map<number, MemberSet>() : await loadMembers(snapshot, all, [reloaded]);
  const present = await findPresent(snapshot, touched, new Set(reloaded));
  for (const [id, units] of touched) {
    const before = known.get(id);
    if (before === undefined || units === null) continue;
    members.set(id, units.length === 0 ? before : await sliced(before.next(units, present.get(id) ?? new Set())));
  }
  return members;
}

/** Of the units that came or went those that are there, by rollout. */
async function findPresent(
  { connection, loadTimeoutMs }: Snapshot,
  touched: Touched,
  except: ReadonlySet<number>,
): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
  const pairs = [...touched].flatMap(([id, units]) => (except.has(id) ? [] : (units ?? []).map((unit) => [id, unit])));
  const present = new Map<number, Set<string>>();
  if (pairs.length === 0) return present;
  const rows = await connection.query<[number, string]>(
    {
      name: 'present members',
      text: `
        select t.rollout, t.unit
          from unnest($1::integer[], $2::text[]) as t (rollout, unit)
         where exists (select from rollout_members m where m.rollout = t.rollout and m.unit = t.unit)`,
      values: [pairs.map(([id]) => id), pairs.map(([, unit]) => unit)],
    },
    loadTimeoutMs,
  );
  for (const [id, unit] of rows) if (!present.get(id)?.add(unit)) present.set(id, new Set([unit]));
  return present;
}

/** All members that `text` selects, in batches that leave the event loop to others. */
async function loadMembers(
  { connection, loadTimeoutMs }: Snapshot,
  text: string,
  values: readonly unknown[],
): Promise<Map<number, MemberSet>> {
  const units = new Map<number, string[]>();
  await connection.query({ text: `declare members no scroll cursor for ${text}`, values: [...values] }, loadTimeoutMs);
  for (;;) {
    const rows = await connection.query<[number, string]>(
      { text: `fetch ${FETCHED_AT_ONCE} from members` },
      loadTimeoutMs,
    );
    if (rows.length === 0) break;
    for (const [rollout, unit] of rows) if (!units.get(rollout)?.push(unit)) units.set(rollout, [unit]);
  }
  await connection.query({ text: 'close members' }, loadTimeoutMs);
  const members = new Map<number, MemberSet>();
  for (const [id, list] of units) members.set(id, await sliced(MemberSet.inSteps(list, list.length)));
  return members;
}

const NO_MEMBERS = MemberSet.of([]);

function bySetting(
  rows: readonly RolloutRow[],
  membersOf: (id: number) => MemberSet | undefined,
): ReadonlyMap<string, LoadedRollout[]> {
  const rollouts = new Map<string, LoadedRollout[]>();
  for (const row of rows) {
    const [id, setting] = row;
    const rollout = loadedRollout(row, membersOf(id) ?? NO_MEMBERS);
    if (!rollouts.get(setting)?.push(rollout)) rollouts.set(setting, [rollout]);
  }
  return rollouts;
}

export function loadedRollout(row: RolloutRow, members: MemberSet): LoadedRollout {
  const [id, , feature, enabled, percentage, ramp, pattern, value, variants, hash, salt, conditions, text] = row;
  const metadata = text === null ? NO_METADATA : jsonText(text);
  const outcome = { value, variants, hash, salt, conditions, metadata };
  return new LoadedRollout({ id, feature, enabled, percentage, ramp, pattern, ...outcome }, members);
}
