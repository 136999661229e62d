import { type Condition, jsonText } from '@heksher/core';
import { FixedQuery } from '@heksher/database';
import { METADATA_OBJECT } from '../../sql-fragments.js';
import { type Changes, readChanges } from './changes.store.js';
import {
  headOf,
  type Reader,
  revisionOf,
  SELECT_REVISION,
  SELECT_SETTINGS,
  type SettingRow,
  type SnapshotReader,
} from './loading.js';
import { loadAllRollouts, refreshRollouts, type TouchedRollouts } from './rollouts-loading.store.js';
import {
  makeRuleset,
  makeSetting,
  nextRuleset,
  nextSetting,
  NO_METADATA,
  type Revision,
  type Ruleset,
  RuleTableBuilder,
  Vocabulary,
} from '@heksher/ruleset';

export { type Reader } from './loading.js';

/** Rows fetched at a time while all rules are loaded: enough to be quick, few enough to leave the event loop room. */
const BATCH = 20_000;

const REVISION = new FixedQuery('revision', SELECT_REVISION);

/** The revision now, in one prepared single-row statement. */
export async function readRevision({ connection, checkTimeoutMs }: Reader): Promise<Revision> {
  return revisionOf(await connection.fixedRow(REVISION, checkTimeoutMs));
}

/** Everything, from one snapshot. */
export async function loadRuleset(reader: Reader): Promise<Ruleset> {
  return inSnapshot(reader, async (snapshot) => {
    const { connection, checkTimeoutMs } = snapshot;
    const [row] = await connection.query<[string, string]>({ text: SELECT_REVISION }, checkTimeoutMs);
    return loadAll(snapshot, revisionOf(row));
  });
}

/**
 * The ruleset as it is now, given an earlier one: only the settings and rules that the change log names are read, where the
 * log still holds the earlier revision itself; after a restore or a swap, and where the order of features changed, all is.
 */
export async function refreshRuleset(reader: Reader, previous: Ruleset): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = reader;
  const changes = await connection.inOneSession(reader.checkTimeoutMs, (session) =>
    readChanges(session, previous.revision, loadTimeoutMs),
  );
  const asBefore = { of: (name: string) => previous.settings.get(name)?.rollouts ?? [] };
  if (changes.isContinued && !changes.hasRollouts) return following(previous, changes, asBefore);
  return inSnapshot(reader, (snapshot) => refreshInSnapshot(snapshot, previous));
}

/** The same in any case, in more than one statement. */
async function refreshInSnapshot(snapshot: SnapshotReader, previous: Ruleset): Promise<Ruleset> {
  const changes = await readChanges(snapshot.connection, previous.revision, snapshot.loadTimeoutMs);
  if (!changes.isContinued) return loadAll(snapshot, changes.revision);
  return following(previous, changes, await refreshRollouts(snapshot, previous, changes));
}

/** All rules of a touched setting were logged one by one, so that those not named stay as they were. */
function following(previous: Ruleset, changes: Changes, rollouts: TouchedRollouts): Ruleset {
  const { revision, settings, rules, presentSettings, presentRules } = changes;
  const present = presentSettings.map((row) => {
    const [name] = row;
    const head = headOf(row, rollouts.of(name));
    const before = previous.settings.get(name);
    return nextSetting(head, before, rules, presentRules.get(name) ?? [], previous.vocabulary);
  });
  return nextRuleset(previous, revision, settings, present);
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

/** One row for each condition of a rule, in feature order; a rule without conditions has one with nulls. */
type RuleRow = [
  id: number,
  setting: string,
  value: string,
  feature: string | null,
  featureValue: string | null,
  metadata: string | null,
];

const SELECT_RULES = `
  select r.id, r.setting, r.value, c.context_feature, c.feature_value, m.metadata
    from rules r
    left join (conditions c join context_features f on f.name = c.context_feature) on c.rule = r.id
    left join (select m.rule, ${METADATA_OBJECT} as metadata
                 from rule_metadata m
                group by m.rule) m on m.rule = r.id
   order by r.id, f.index, f.name collate "C"`;

async function loadAll(snapshot: SnapshotReader, revision: Revision): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = snapshot;
  const query = <Row extends unknown[]>(text: string) => connection.query<Row>({ text }, loadTimeoutMs);
  const features = await query<[string]>(`select f.name from context_features f order by f.index, f.name collate "C"`);
  const settings = await query<SettingRow>(SELECT_SETTINGS);
  const vocabulary = new Vocabulary();
  const rules = new RuleCollector(vocabulary);
  // All rows are wanted, and soon: not a plan for the first few.
  await query('set local cursor_tuple_fraction = 1');
  await query(`declare all_rules no scroll cursor for ${SELECT_RULES}`);
  for (;;) {
    const rows = await query<RuleRow>(`fetch ${BATCH} from all_rules`);
    if (rows.length === 0) break;
    rules.add(rows);
  }
  rules.finish();
  vocabulary.settle();
  const rollouts = await loadAllRollouts(snapshot);
  const made = settings.map((row) => makeSetting(headOf(row, rollouts.get(row[0]) ?? []), rules.of(row[0])));
  return makeRuleset(
    revision,
    features.map(([name]) => name),
    made,
    vocabulary,
  );
}

/** Makes rules of rows that come condition by condition, in batches that may part in the middle of a rule. */
class RuleCollector {
  private readonly bySetting = new Map<string, RuleTableBuilder>();
  private open: { row: RuleRow; conditions: Condition[] } | undefined;

  constructor(private readonly vocabulary: Vocabulary) {}

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

  finish(): void {
    if (this.open === undefined) return;
    const { row, conditions } = this.open;
    this.open = undefined;
    const [id, setting, value, , , metadata] = row;
    this.of(setting).add({ id, value, conditions, metadata: metadata === null ? NO_METADATA : jsonText(metadata) });
  }

  of(setting: string): RuleTableBuilder {
    const known = this.bySetting.get(setting);
    if (known !== undefined) return known;
    const begun = new RuleTableBuilder(this.vocabulary);
    this.bySetting.set(setting, begun);
    return begun;
  }
}
