import { hash } from 'node:crypto';
import { type Revision, ruleIds, type Ruleset, type StoredRule } from '@heksher/ruleset';
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
  const names = rows.map(([name]) => name);
  const whole = new Set(names.filter((name) => (touched.get(name)?.rules ?? 0) > MOST_TOUCHED));
  const few = names.filter((name) => !whole.has(name) && (touched.get(name)?.rules ?? 0) > 0);
  const touchedRules = new Set(few.length === 0 ? [] : await readTouchedRules(snapshot, revision, few));
  const rules = await readRules(snapshot, 'where r.id = any ($1)', [...touchedRules]);
  const present = rows.map((row): PresentSetting => {
    const [name] = row;
    return { row, base: whole.has(name) ? undefined : nameBefore(name, renamings), rules: rules.get(name) ?? [] };
  });
  for (const one of present) {
    const [name] = one.row;
    const isDoubtful = !whole.has(name) && touched.get(name)?.hasMoved === true;
    if (isDoubtful && !(await hasJustItsRules(snapshot, previous, one, touchedRules))) whole.add(name);
  }
  const reread = await readRules(snapshot, 'where r.setting = any ($1)', [...whole]);
  const settled = present.map((one): PresentSetting => {
    const [name] = one.row;
    return whole.has(name) ? { row: one.row, base: undefined, rules: reread.get(name) ?? [] } : one;
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
                  when c."table" = 'rules' and c.op = 'update' then c.old ->> 'setting' end as before,
             c."table" in ('rules', 'conditions', 'rule_metadata') as is_rule,
             c."table" = 'rules' and c.op = 'update' and ${IS_MOVE} as is_move
        from heksher_changes c
       where ${SINCE}
         and c.setting is not null
         and c."table" in ('settings', 'setting_aliases', 'rules', 'conditions', 'rule_metadata',
                           'rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata'))
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

function nameBefore(name: string, renamings: Renamings): string {
  return renamings.reduceRight((now, [from, to]) => (now === to ? from : now), name);
}

async function readTouchedRules(
  snapshot: SnapshotReader,
  since: Revision,
  settings: readonly string[],
): Promise<readonly number[]> {
  const text = `
    select distinct (image.row ->> case c."table" when 'rules' then 'id' else 'rule' end)::integer
      from heksher_changes c
     cross join lateral (values (c.old), (c.new)) as image (row)
     where ${SINCE}
       and c."table" in ('rules', 'conditions', 'rule_metadata')
       and c.setting = any ($2)
       and image.row is not null
       and not coalesce(c."table" = 'rules' and c.op = 'update' and ${IS_MOVE}, false)`;
  return (await query<[number]>(snapshot, text, [since.seq, settings])).flat();
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

/**
 * Whether the rules of a setting are those of its base, the touched ones as they are now. They are not where somebody moved
 * single rules from one setting to another.
 */
async function hasJustItsRules(
  snapshot: SnapshotReader,
  previous: Ruleset,
  { row: [name], base = '', rules }: PresentSetting,
  touchedRules: ReadonlySet<number>,
): Promise<boolean> {
  const before = previous.settings.get(base);
  if (before === undefined) return false;
  const kept = ruleIds(before).filter((id) => !touchedRules.has(id));
  const ids = Int32Array.from([...kept, ...rules.map(({ id }) => id)]).sort();
  const text = `
    select encode(sha256(convert_to(coalesce(string_agg(r.id::text, ',' order by r.id), ''), 'UTF8')), 'hex')
      from rules r
     where r.setting = $1`;
  const [digest] = await query<[string]>(snapshot, text, [name]);
  return digest?.[0] === hash('sha256', ids.join(','));
}

function query<Row extends unknown[]>(
  { connection, loadTimeoutMs }: SnapshotReader,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return connection.query<Row>({ text, values }, loadTimeoutMs);
}
