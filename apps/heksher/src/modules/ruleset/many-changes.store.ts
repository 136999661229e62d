import { hash } from 'node:crypto';
import { type Revision, ruleIds, type Ruleset, type Setting, type StoredRule } from '@heksher/ruleset';
import { querySnapshot, SELECT_SETTINGS, type SettingRow, type SnapshotReader } from './loading.js';
import { eachRule } from './ruleset.store.js';

/** Where more rules of a setting were touched than this, reading all of them is quicker than naming them. */
const MOST_TOUCHED = 20_000;

/** How many entries are about rules of a setting, whether rules came to it or left it for another, and whether any is about rollouts. */
type Touch = Readonly<{ rules: number; hasMoved: boolean; hasRollouts: boolean }>;

const UNTOUCHED: Touch = { rules: 0, hasMoved: false, hasRollouts: false };

/** What the log is about since a revision. */
export type Log = Readonly<{
  since: Revision;
  touchesAll: boolean;
  hasFeatures: boolean;
  hasRenamings: boolean;
  /** By the names, old and new, of settings. */
  touched: ReadonlyMap<string, Touch>;
}>;

type LogRow = [
  table: string,
  op: string,
  setting: string | null,
  before: string | null,
  entries: number,
  moves: number,
];

/**
 * Counts the entries of the log. What went with its rule or rollout names no setting, and is passed over: that the rule or
 * rollout went is logged too.
 */
export async function readLog(snapshot: SnapshotReader, since: Revision): Promise<Log> {
  const text = `
    select c."table", c.op, c.setting,
           case when c."table" in ('rules', 'rollouts') and c.op = 'update' then c.old ->> 'setting'
                when c."table" in ('settings', 'context_features') and c.op = 'update'
                then nullif(c.old ->> 'name', c.new ->> 'name') end as before,
           count(*)::integer,
           (count(*) filter (where c."table" = 'rules' and c.op = 'update' and ${IS_MOVE}))::integer
      from heksher_changes c
     where ${SINCE}
       and c.op <> 'statement'
       and (c.setting is not null or c.op = 'truncate' or c."table" = 'context_features')
     group by 1, 2, 3, 4`;
  const rows = await querySnapshot<LogRow>(snapshot, text, [since.seq]);
  return {
    since,
    touchesAll: rows.some(
      ([table, op, , before]) => op === 'truncate' || (table === 'context_features' && before !== null),
    ),
    hasFeatures: rows.some(([table]) => table === 'context_features'),
    hasRenamings: rows.some(([table, , , before]) => table === 'settings' && before !== null),
    touched: touchesIn(rows),
  };
}

const RULE_TABLES = ['rules', 'conditions', 'rule_metadata'];

function touchesIn(rows: readonly LogRow[]): ReadonlyMap<string, Touch> {
  const touched = new Map<string, Touch>();
  for (const [table, , setting, before, entries, moves] of rows) {
    const isOfRules = RULE_TABLES.includes(table);
    for (const name of new Set([setting, before])) {
      if (name === null) continue;
      const { rules, hasMoved, hasRollouts } = touched.get(name) ?? UNTOUCHED;
      touched.set(name, {
        rules: rules + (isOfRules ? entries - moves : 0),
        hasMoved: hasMoved || (isOfRules && before !== null && before !== setting),
        hasRollouts: hasRollouts || table.startsWith('rollout'),
      });
    }
  }
  return touched;
}

/** A setting that is there; `base` and `rules` are those of a `SettingChange`. */
type PresentSetting = Readonly<{ row: SettingRow; base: string | undefined; rules: readonly StoredRule[] }>;

/** What became of settings: see `RulesetChange`. */
type ManyChanges = Readonly<{
  present: readonly PresentSetting[];
  touchedRules: ReadonlySet<number>;
  /** Whether rollouts of settings that are there changed. */
  hasRollouts: boolean;
}>;

/**
 * Reads what became of the settings and rules that the log names. What is gone, such as a setting with very many rules, is not
 * looked into, and rules that only moved along with the name of their setting are not read.
 */
export async function readManyChanges(
  snapshot: SnapshotReader,
  previous: Ruleset,
  { since, touched, hasRenamings }: Log,
): Promise<ManyChanges> {
  const rows = await querySnapshot<SettingRow>(snapshot, `${SELECT_SETTINGS} where s.name = any ($1)`, [
    [...touched.keys()],
  ]);
  const renamings = hasRenamings ? await readRenamings(snapshot, since) : [];
  const present = rows.map((row) => ({ row, ...touchOf(row[0], renamings, touched) }));
  const whole = new Set(present.filter(({ rules }) => rules > MOST_TOUCHED).map(({ row: [name] }) => name));
  const few = present.flatMap(({ row: [name], names, rules }) => (rules > 0 && !whole.has(name) ? names : []));
  const touchedRules = await readTouchedRules(snapshot, since, few);
  const rules = await readRules(snapshot, 'where r.id = any ($1)', [...touchedRules]);
  for (const { row, base, hasMoved } of present) {
    const [name] = row;
    if (whole.has(name) || !hasMoved) continue;
    const expected = idsOf(previous.settings.get(base), touchedRules, rules.get(name) ?? []);
    if (!(await hasRules(snapshot, name, expected))) whole.add(name);
  }
  const reread = await readRules(snapshot, 'where r.setting = any ($1)', [...whole]);
  const settled = present.map(({ row, base }): PresentSetting => {
    const [name] = row;
    if (whole.has(name)) return { row, base: undefined, rules: reread.get(name) ?? [] };
    return { row, base, rules: rules.get(name) ?? [] };
  });
  return { present: settled, touchedRules, hasRollouts: present.some(({ hasRollouts }) => hasRollouts) };
}

const SINCE = 'c.seq > $1 and c.seq <= (select r.seq from heksher_revision r)';

/** Of the update of a rule: nothing changed but its setting, as when that is renamed. */
const IS_MOVE = `c.old - 'setting' = c.new - 'setting'`;

/** In the order in which they were made. */
type Renamings = readonly (readonly [from: string, to: string])[];

function readRenamings(snapshot: SnapshotReader, since: Revision): Promise<Renamings> {
  const text = `
    select c.old ->> 'name', c.new ->> 'name'
      from heksher_changes c
     where ${SINCE} and c."table" = 'settings' and c.op = 'update' and c.old ->> 'name' <> c.new ->> 'name'
     order by c.id`;
  return querySnapshot<[from: string, to: string]>(snapshot, text, [since.seq]);
}

/** What was logged of a setting by all the names that it had, of which the `base` is the first. */
type TouchOfSetting = Touch & Readonly<{ names: readonly string[]; base: string }>;

function touchOf(name: string, renamings: Renamings, touched: ReadonlyMap<string, Touch>): TouchOfSetting {
  const names = [name];
  let base = name;
  for (const [from, to] of renamings.toReversed()) {
    if (to !== base) continue;
    base = from;
    names.push(from);
  }
  const touches = names.flatMap((one) => touched.get(one) ?? []);
  const rules = touches.reduce((sum, touch) => sum + touch.rules, 0);
  return {
    names,
    base,
    rules,
    hasMoved: touches.some(({ hasMoved }) => hasMoved),
    hasRollouts: touches.some(({ hasRollouts }) => hasRollouts),
  };
}

async function readTouchedRules(
  snapshot: SnapshotReader,
  since: Revision,
  settings: readonly string[],
): Promise<ReadonlySet<number>> {
  if (settings.length === 0) return new Set();
  const text = `
    select distinct (image.row ->> case c."table" when 'rules' then 'id' else 'rule' end)::integer
      from heksher_changes c
     cross join lateral (values (c.old), (c.new)) as image (row)
     where ${SINCE}
       and c."table" in ('rules', 'conditions', 'rule_metadata')
       and c.setting = any ($2)
       and image.row is not null
       and not coalesce(c."table" = 'rules' and c.op = 'update' and ${IS_MOVE}, false)`;
  return new Set((await querySnapshot<[number]>(snapshot, text, [since.seq, settings])).flat());
}

/** By their settings. */
async function readRules(
  snapshot: SnapshotReader,
  where: string,
  keys: readonly unknown[],
): Promise<ReadonlyMap<string, readonly StoredRule[]>> {
  const rules = new Map<string, StoredRule[]>();
  if (keys.length === 0) return rules;
  await eachRule(snapshot, where, [keys], (setting, rule) => {
    if (!rules.get(setting)?.push(rule)) rules.set(setting, [rule]);
  });
  return rules;
}

/** The ids of the rules of a setting, ascending, where nobody moved single rules from one setting to another. */
function idsOf(before: Setting | undefined, touched: ReadonlySet<number>, present: readonly StoredRule[]): Int32Array {
  const kept = before === undefined ? [] : ruleIds(before).filter((id) => !touched.has(id));
  return Int32Array.from([...kept, ...present.map(({ id }) => id)]).sort();
}

async function hasRules(snapshot: SnapshotReader, setting: string, ids: Int32Array): Promise<boolean> {
  const text = `
    select encode(sha256(convert_to(coalesce(string_agg(r.id::text, ',' order by r.id), ''), 'UTF8')), 'hex')
      from rules r
     where r.setting = $1`;
  const [row] = await querySnapshot<[digest: string]>(snapshot, text, [setting]);
  return row?.[0] === hash('sha256', ids.join(','));
}
