import { type Condition, jsonText } from '@heksher/core';
import { FixedQuery, type Session } from '@heksher/database';
import {
  NO_METADATA,
  type Revision,
  type Ruleset,
  RulesetBuilder,
  type SettingHead,
  type StoredRule,
} from '@heksher/ruleset';
import { sliced } from '../../in-slices.js';
import { METADATA_OBJECT } from '../../sql-fragments.js';
import {
  FETCHED_AT_ONCE,
  headOf,
  inSnapshot,
  type Reader,
  revisionOf,
  SELECT_FEATURES,
  SELECT_REVISION,
  SELECT_SETTINGS,
  type SettingRow,
  type SnapshotReader,
} from './loading.js';
import { loadAllRollouts } from './rollouts-loading.store.js';

const REVISION = new FixedQuery('revision', SELECT_REVISION);

/** The revision now, in one prepared single-row statement. */
export async function readRevision({ connection, checkTimeoutMs }: Reader): Promise<Revision> {
  return revisionOf(await connection.fixedRow(REVISION, checkTimeoutMs));
}

/** Everything, from one snapshot. */
export function loadRuleset(reader: Reader): Promise<Ruleset> {
  return inSnapshot(reader, loadInSnapshot);
}

/** The same within a snapshot. */
export async function loadInSnapshot(snapshot: SnapshotReader): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = snapshot;
  const query = <Row extends unknown[]>(text: string) => connection.query<Row>({ text }, loadTimeoutMs);
  const [revision] = await query<[string, string]>(SELECT_REVISION);
  const features = await readFeatures(snapshot);
  const settings = await query<SettingRow>(SELECT_SETTINGS);
  const builder = new RulesetBuilder();
  await eachRule(snapshot, '', [], (setting, rule) => builder.add(setting, rule));
  const rollouts = await loadAllRollouts(snapshot);
  const heads = settings.map((row): SettingHead => headOf(row, rollouts.get(row[0]) ?? []));
  return sliced(builder.finish(revisionOf(revision), features, heads));
}

/** The context features in order, the most specific last. */
export async function readFeatures({ connection, loadTimeoutMs }: SnapshotReader): Promise<readonly string[]> {
  return (await connection.query<[string]>({ text: SELECT_FEATURES }, loadTimeoutMs)).flat();
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

const selectRules = (where: string): string => `
  select r.id, r.setting, r.value, c.context_feature, c.feature_value, m.metadata
    from rules r
    left join (conditions c join context_features f on f.name = c.context_feature) on c.rule = r.id
    left join (select m.rule, ${METADATA_OBJECT} as metadata
                 from rule_metadata m
                group by m.rule) m on m.rule = r.id
   ${where}
   order by r.id, f.index, f.name collate "C"`;

/**
 * Calls `take` with each of the rules, by ascending id.
 * @param tables common table expressions that stand in for the tables
 */
export async function eachRule(
  { connection, loadTimeoutMs }: Readonly<{ connection: Session; loadTimeoutMs: number }>,
  where: string,
  values: readonly unknown[],
  take: (setting: string, rule: StoredRule) => void,
  tables = '',
): Promise<void> {
  const query = (text: string) => connection.query<RuleRow>({ text }, loadTimeoutMs);
  const assembler = new RuleAssembler(take);
  // All rows are wanted, and soon: not a plan for the first few.
  await query('set local cursor_tuple_fraction = 1');
  const text = `declare all_rules no scroll cursor for ${tables} ${selectRules(where)}`;
  await connection.query({ text, values }, loadTimeoutMs);
  for (;;) {
    const rows = await query(`fetch ${FETCHED_AT_ONCE} from all_rules`);
    if (rows.length === 0) break;
    assembler.add(rows);
  }
  assembler.finish();
  await query('close all_rules');
}

/** Makes rules of rows that come condition by condition, in batches that may part in the middle of a rule. */
class RuleAssembler {
  private open: { row: RuleRow; conditions: Condition[] } | undefined;

  constructor(private readonly take: (setting: string, rule: StoredRule) => void) {}

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
    this.take(setting, { id, value, conditions, metadata: metadata === null ? NO_METADATA : jsonText(metadata) });
  }
}
