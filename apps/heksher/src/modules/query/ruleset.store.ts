import { type Condition, HeksherError, jsonText } from '@heksher/core';
import { type DedicatedConnection, type Session } from '@heksher/database';
import {
  makeRuleset,
  nextRuleset,
  NO_METADATA,
  type Revision,
  type Rule,
  ruleMaker,
  type Ruleset,
  type Setting,
  withoutShadowed,
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
/** Where more settings changed than this, loading all is quicker than naming them. */
const MOST_TOUCHED = 1_000;

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
 * The ruleset as it is now, given an earlier one: only the settings that the change log names are read, where the log
 * still holds the earlier revision itself; after a restore or a swap, and where the order of features changed, all is.
 */
export async function refreshRuleset(reader: Reader, previous: Ruleset): Promise<Ruleset> {
  return inSnapshot(reader, async (snapshot) => {
    const { revision, isContinued, touched } = await readChanges(snapshot, previous.revision);
    if (!isContinued || touched.length > MOST_TOUCHED) return loadAll(snapshot, revision);
    return nextRuleset(previous, revision, touched, await loadSettings(snapshot, touched));
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
  if (row === undefined) throw new HeksherError('unavailable', 'the database holds no revision row');
  return { seq: row[0], token: row[1] };
}

type Changes = Readonly<{ revision: Revision; isContinued: boolean; touched: readonly string[] }>;

/**
 * What the log tells since `since`. Continued: it holds that very revision, and nothing since that touches all. A
 * condition whose rule went with it names no setting; the rule's own entry does.
 */
async function readChanges({ connection, loadTimeoutMs }: SnapshotReader, since: Revision): Promise<Changes> {
  const [row] = await connection.query<[string, string, boolean, string[]]>(
    {
      name: 'changes',
      text: `
        select r.seq, r.token,
               exists (select from heksher_changes k where k.seq = $1 and k.token = $2)
                 and not exists (select from heksher_changes c
                                  where c.seq > $1
                                    and (c.op = 'truncate' or (c."table" = 'context_features' and c.op <> 'statement'))),
               array(select distinct named.setting
                       from heksher_changes c
                      cross join lateral (values (c.setting),
                                                 (c.old ->> case c."table" when 'settings' then 'name' else 'setting' end)
                                         ) as named (setting)
                      where c.seq > $1 and c.op <> 'statement' and named.setting is not null)
          from heksher_revision r`,
      values: [since.seq, since.token],
    },
    loadTimeoutMs,
  );
  if (row === undefined) return { revision: revisionOf(undefined), isContinued: false, touched: [] };
  const [seq, token, isContinued, touched] = row;
  return { revision: { seq, token }, isContinued, touched };
}

type SettingRow = [name: string, defaultValue: string, aliases: string[]];

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
  select s.name, s.default_value,
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

async function loadSettings(
  { connection, loadTimeoutMs }: SnapshotReader,
  names: readonly string[],
): Promise<Setting[]> {
  const settings = await connection.query<SettingRow>(
    { name: 'settings', text: `${SELECT_SETTINGS} where s.name = any ($1)`, values: [names] },
    loadTimeoutMs,
  );
  const rows = await connection.query<RuleRow>(
    { name: 'rules', text: `${SELECT_RULES} where r.setting = any ($1) ${RULE_ORDER}`, values: [names] },
    loadTimeoutMs,
  );
  const rules = new RuleCollector();
  rules.add(rows);
  return settings.map((setting) => toSetting(setting, rules));
}

async function loadAll({ connection, loadTimeoutMs }: SnapshotReader, revision: Revision): Promise<Ruleset> {
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
  return makeRuleset(
    revision,
    features.map(([name]) => name),
    settings.map((setting) => toSetting(setting, rules)),
  );
}

function toSetting([name, defaultValue, aliases]: SettingRow, rules: RuleCollector): Setting {
  return { name, defaultValue: jsonText(defaultValue), aliases, rules: rules.of(name) };
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
    return withoutShadowed(this.bySetting.get(setting) ?? []);
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
