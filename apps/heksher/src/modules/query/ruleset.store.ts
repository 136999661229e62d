import { type Condition, HeksherError, jsonText } from '@heksher/core';
import { type DedicatedConnection, type Session } from '@heksher/database';
import { type LoadedRollout } from './loaded-rollout.js';
import { loadAllRollouts, refreshRollouts, type TouchedRollouts } from './rollouts-loading.store.js';
import {
  arrangeRules,
  makeRuleset,
  nextRuleset,
  NO_METADATA,
  type Revision,
  type Rule,
  ruleMaker,
  type Ruleset,
  type Setting,
} from './ruleset.js';

/** A connection with the time its statements may take: reads that others wait for must not take forever. */
export type Reader<Connection = DedicatedConnection> = Readonly<{
  connection: Connection;
  checkTimeoutMs: number;
  loadTimeoutMs: number;
}>;

/** A reader within one transaction: all it sees is of one moment. */
type SnapshotReader = Reader<Session>;

/** Rows fetched at a time while all rules are loaded: enough to be quick, few enough to leave the event loop room. */
const BATCH = 20_000;
/** Where more rules changed than this, loading all is quicker than naming them. */
const MOST_TOUCHED = 20_000;

/** The revision now, in one prepared single-row statement. */
export async function readRevision({ connection, checkTimeoutMs }: Reader<Session>): Promise<Revision> {
  const [row] = await connection.query<[seq: string, token: string]>(
    { name: 'revision', text: 'select r.seq, r.token from heksher_revision r' },
    checkTimeoutMs,
  );
  return revisionOf(row);
}

/** Everything, from one snapshot. */
export async function loadRuleset(reader: Reader): Promise<Ruleset> {
  return inSnapshot(reader, async (snapshot) => loadAll(snapshot, await readRevision(snapshot)));
}

/**
 * The ruleset as it is now, given an earlier one: only the settings and rules that the change log names are read, where the
 * log still holds the earlier revision itself; after a restore or a swap, and where the order of features changed, all is.
 */
export async function refreshRuleset(reader: Reader, previous: Ruleset): Promise<Ruleset> {
  return inSnapshot(reader, async (snapshot) => {
    const changes = await readChanges(snapshot, previous.revision);
    const { revision, isContinued, settings, rules } = changes;
    if (!isContinued || rules.size > MOST_TOUCHED) return loadAll(snapshot, revision);
    const rollouts = await refreshRollouts(snapshot, previous, changes);
    return nextRuleset(previous, revision, settings, await loadTouched(snapshot, previous, changes, rollouts));
  });
}

/** Where anything fails the session is given up, and the transaction with it. */
function inSnapshot<T>(reader: Reader, work: (snapshot: SnapshotReader) => Promise<T>): Promise<T> {
  const { connection, checkTimeoutMs, loadTimeoutMs } = reader;
  return connection.inOneSession(checkTimeoutMs, async (session) => {
    await session.query({ text: 'begin transaction isolation level repeatable read read only' }, loadTimeoutMs);
    const result = await work({ ...reader, connection: session });
    await session.query({ text: 'commit' }, loadTimeoutMs);
    return result;
  });
}

function revisionOf(row: [seq: string, token: string] | undefined): Revision {
  if (row === undefined) throw noRevision();
  return { seq: row[0], token: row[1] };
}

function noRevision(): HeksherError {
  return new HeksherError('unavailable', 'the database holds no revision row');
}

type Changes = Readonly<{
  revision: Revision;
  isContinued: boolean;
  /** Names of settings, old and new, whose own row, aliases, rules or rollouts changed. */
  settings: readonly string[];
  /** Ids of rules that came, went, or changed in themselves, their conditions or their metadata. */
  rules: ReadonlySet<number>;
  /** Whether rollouts, their conditions, members or metadata changed. */
  hasRollouts: boolean;
}>;

/**
 * What the log tells since `since`. Continued: it holds that very revision, and nothing since that touches all. A
 * condition whose rule went with it names no setting; the rule's own entry does. What an answer does not show, such as
 * the metadata of settings, is passed over.
 */
async function readChanges({ connection, loadTimeoutMs }: SnapshotReader, since: Revision): Promise<Changes> {
  type Touched = readonly [setting: string, rule: number | null];
  const [row] = await connection.query<[string, string, boolean, boolean, Touched[]]>(
    {
      name: 'changes',
      text: `
        select r.seq, r.token,
               exists (select from heksher_changes k where k.seq = $1 and k.token = $2)
                 and not exists (select from heksher_changes c
                                  where c.seq > $1
                                    and (c.op = 'truncate' or (c."table" = 'context_features' and c.op <> 'statement'))),
               exists (select from heksher_changes c where c.seq > $1 and c."table" like 'rollout%'),
               (select coalesce(jsonb_agg(distinct jsonb_build_array(touched.setting, touched.rule)), '[]')
                  from heksher_changes c
                 cross join lateral (values (c.old), (c.new)) as image (row)
                 cross join lateral (
                         select case when c."table" = 'settings' then image.row ->> 'name'
                                     when c."table" not in ('rules', 'rollouts', 'setting_aliases') then c.setting
                                     else image.row ->> 'setting' end as setting,
                                case when c."table" = 'rules' then image.row -> 'id'
                                     else image.row -> 'rule' end as rule) as touched
                 where c.seq > $1
                   and c."table" in ('settings', 'setting_aliases', 'rules', 'conditions', 'rule_metadata',
                                     'rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata')
                   and image.row is not null
                   and touched.setting is not null)
          from heksher_revision r`,
      values: [since.seq, since.token],
    },
    loadTimeoutMs,
  );
  const [seq, token, isContinued, hasRollouts, touched] = row ?? [];
  if (seq === undefined || token === undefined) throw noRevision();
  return {
    revision: { seq, token },
    isContinued: isContinued === true,
    settings: [...new Set(touched?.map(([setting]) => setting))],
    rules: new Set(touched?.flatMap(([, rule]) => rule ?? [])),
    hasRollouts: hasRollouts === true,
  };
}

type SettingRow = [name: string, type: string, version: string, defaultValue: string, aliases: string[]];

/** One row for each condition of a rule, in feature order; a rule without conditions has one with nulls. */
type RuleRow = [
  id: number,
  setting: string,
  value: string,
  feature: string | null,
  featureValue: string | null,
  metadata: string | null,
];

const SELECT_SETTINGS = `
  select s.name, s.type, s.version, s.default_value,
         array(select a.alias from setting_aliases a where a.setting = s.name order by a.alias collate "C")
    from settings s`;

const SELECT_RULES = `
  select r.id, r.setting, r.value, c.context_feature, c.feature_value, m.metadata
    from rules r
    left join (conditions c join context_features f on f.name = c.context_feature) on c.rule = r.id
    left join (select m.rule,
                      '{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' order by m.key collate "C")
                          || '}' as metadata
                 from rule_metadata m
                group by m.rule) m on m.rule = r.id`;

const RULE_ORDER = `order by r.id, f.index, f.name collate "C"`;

type WholeRuleRow = [id: number, setting: string, value: string, conditions: Condition[], metadata: string | null];

/** The touched settings that there are now: all their rules were logged one by one, so those not named stay as they were. */
async function loadTouched(
  { connection, loadTimeoutMs }: SnapshotReader,
  previous: Ruleset,
  { settings: names, rules: ruleIds }: Changes,
  rollouts: TouchedRollouts,
): Promise<readonly Setting[]> {
  const settings = await connection.query<SettingRow>(
    { name: 'settings', text: `${SELECT_SETTINGS} where s.name = any ($1)`, values: [names] },
    loadTimeoutMs,
  );
  // Subqueries rather than joins: whatever the statistics say, the plan goes from each rule to what it has.
  const rows = await connection.query<WholeRuleRow>(
    {
      name: 'rules',
      text: `
        select r.id, r.setting, r.value,
               (select coalesce(json_agg(json_build_array(c.context_feature, c.feature_value)
                                         order by f.index, f.name collate "C"), '[]')
                  from conditions c
                  join context_features f on f.name = c.context_feature
                 where c.rule = r.id),
               (select '{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' order by m.key collate "C") || '}'
                  from rule_metadata m
                 where m.rule = r.id)
          from rules r
         where r.id = any ($1)`,
      values: [[...ruleIds]],
    },
    loadTimeoutMs,
  );
  const make = ruleMaker();
  const present = rows.map(([id, setting, value, conditions, metadata]) => ({
    setting,
    rule: make({ id, value, conditions, metadata: metadata === null ? NO_METADATA : jsonText(metadata) }),
  }));
  return settings.map((row) => {
    const [name] = row;
    const before = previous.settings.get(name);
    const untouched = [...(before?.rules ?? []), ...(before?.shadowed ?? [])].filter(({ id }) => !ruleIds.has(id));
    const loaded = present.filter(({ setting }) => setting === name).map(({ rule }) => rule);
    return { ...headOf(row), rollouts: rollouts.of(name), ...arrangeRules([...untouched, ...loaded]) };
  });
}

async function loadAll(snapshot: SnapshotReader, revision: Revision): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = snapshot;
  const query = <Row extends unknown[]>(text: string) => connection.query<Row>({ text }, loadTimeoutMs);
  const features = await query<[string]>(`select f.name from context_features f order by f.index, f.name collate "C"`);
  const settings = await query<SettingRow>(SELECT_SETTINGS);
  const rules = new RuleCollector();
  // All rows are wanted, and soon: not a plan for the first few.
  await query('set local cursor_tuple_fraction = 1');
  await query(`declare all_rules no scroll cursor for ${SELECT_RULES} ${RULE_ORDER}`);
  for (;;) {
    const rows = await query<RuleRow>(`fetch ${BATCH} from all_rules`);
    if (rows.length === 0) break;
    rules.add(rows);
  }
  const rollouts = await loadAllRollouts(snapshot);
  return makeRuleset(
    revision,
    features.map(([name]) => name),
    settings.map((setting) => toSetting(setting, rules, rollouts.get(setting[0]) ?? [])),
  );
}

function toSetting(row: SettingRow, rules: RuleCollector, rollouts: readonly LoadedRollout[]): Setting {
  return { ...headOf(row), rollouts, ...arrangeRules(rules.of(row[0])) };
}

function headOf([name, type, version, defaultValue, aliases]: SettingRow) {
  return { name, type, version, defaultValue: jsonText(defaultValue), aliases };
}

/** Makes rules of rows that come condition by condition, in batches that may part in the middle of a rule. */
class RuleCollector {
  private readonly make = ruleMaker();
  private readonly bySetting = new Map<string, Rule[]>();
  private open: { row: RuleRow; conditions: Condition[] } | undefined;

  add(rows: readonly RuleRow[]): void {
    for (const row of rows) {
      const [id, , , feature, value] = row;
      if (this.open?.row[0] !== id) {
        this.finish();
        this.open = { row, conditions: [] };
      }
      if (feature !== null && value !== null) this.open?.conditions.push([feature, value]);
    }
  }

  of(setting: string): readonly Rule[] {
    this.finish();
    return this.bySetting.get(setting) ?? [];
  }

  private finish(): void {
    if (this.open === undefined) return;
    const { row, conditions } = this.open;
    this.open = undefined;
    const [id, setting, value, , , metadata] = row;
    const rule = this.make({ id, value, conditions, metadata: metadata === null ? NO_METADATA : jsonText(metadata) });
    const rules = this.bySetting.get(setting);
    if (rules === undefined) this.bySetting.set(setting, [rule]);
    else rules.push(rule);
  }
}
