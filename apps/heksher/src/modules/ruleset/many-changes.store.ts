import { hash } from 'node:crypto';
import { type Revision, ruleIds, type Ruleset, type Setting, type StoredRule } from '@heksher/ruleset';
import { SELECT_SETTINGS, type SettingRow, type SnapshotReader } from './loading.js';
import { eachRule } from './ruleset.store.js';

/** A setting that is there; `base` and `rules` are those of a `SettingChange`. */
type PresentSetting = Readonly<{ row: SettingRow; base: string | undefined; rules: readonly StoredRule[] }>;

/** What became of settings and rules: see `RulesetChange`. */
export type ManyChanges = Readonly<{
  touched: readonly string[];
  present: readonly PresentSetting[];
  touchedRules: ReadonlySet<number>;
}>;

/** Where more rules of a setting were touched than this, reading all of them is quicker than naming them. */
const MOST_TOUCHED = 20_000;

/**
 * Reads what has many entries in the log, such as the deletion or renaming of a setting with very many rules: what is gone
 * is not looked into, and rules that only moved along with the name of their setting are not read.
 */
export async function readManyChanges(snapshot: SnapshotReader, previous: Ruleset): Promise<ManyChanges> {
  const { revision } = previous;
  const touched = await readTouched(snapshot, revision);
  const rows = await query<SettingRow>(snapshot, `${SELECT_SETTINGS} where s.name = any ($1)`, [[...touched.keys()]]);
  const renamings = await readRenamings(snapshot, revision);
  const present = rows.map((row) => ({ row, ...touchOf(row[0], renamings, touched) }));
  const whole = new Set(present.filter(({ rules }) => rules > MOST_TOUCHED).map(({ row: [name] }) => name));
  const few = present.flatMap(({ row: [name], names, rules }) => (rules > 0 && !whole.has(name) ? names : []));
  const touchedRules = await readTouchedRules(snapshot, revision, few);
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
  return { touched: [...touched.keys()], present: settled, touchedRules };
}

/** How many entries are about rules of a setting, and whether rules came to it or left it without any other change. */
type Touch = Readonly<{ rules: number; hasMoved: boolean }>;

/** By the names, old and new, of the settings. What went with its rule names no setting: that the rule went is logged too. */
async function readTouched(snapshot: SnapshotReader, since: Revision): Promise<ReadonlyMap<string, Touch>> {
  const text = `
    with entry as (
      select c.setting,
             case when c."table" = 'settings' then c.old ->> 'name'
                  when c."table" in ('rules', 'rollouts') and c.op = 'update' then c.old ->> 'setting' end as before,
             c."table" in ('rules', 'conditions', 'rule_metadata') as is_rule,
             c."table" = 'rules' and c.op = 'update' and ${IS_MOVE} as is_move
        from heksher_changes c
       where ${SINCE}
         and c.setting is not null
         and c."table" in ('settings', 'setting_aliases', 'configurable', 'setting_metadata',
                           'rules', 'conditions', 'rule_metadata', 'rollouts', 'rollout_conditions', 'rollout_members',
                           'rollout_metadata'))
    select named.name, count(*) filter (where entry.is_rule and not entry.is_move)::integer,
           bool_or(entry.is_rule and entry.before <> entry.setting)
      from entry
     cross join lateral (values (entry.setting), (nullif(entry.before, entry.setting))) as named (name)
     where named.name is not null
     group by named.name`;
  const rows = await query<[string, number, boolean | null]>(snapshot, text, [since.seq]);
  return new Map(rows.map(([name, rules, hasMoved]) => [name, { rules, hasMoved: hasMoved === true }]));
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
  return query<[from: string, to: string]>(snapshot, text, [since.seq]);
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
  return { names, base, rules, hasMoved: touches.some(({ hasMoved }) => hasMoved) };
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
  return new Set((await query<[number]>(snapshot, text, [since.seq, settings])).flat());
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
  const [row] = await query<[digest: string]>(snapshot, text, [setting]);
  return row?.[0] === hash('sha256', ids.join(','));
}

function query<Row extends unknown[]>(
  { connection, loadTimeoutMs }: SnapshotReader,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return connection.query<Row>({ text, values }, loadTimeoutMs);
}
