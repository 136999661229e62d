import { type Condition } from '../condition.js';
import { forEachInSteps, type InSteps } from '../in-steps.js';
import { formatJson, type JsonText } from '../json.js';
import { rawJson, type Writable, writeJson } from '../json-writer.js';
import { formatVersion, parseStoredVersion } from '../version.js';
import { type Row, type Rows, textIn } from './rows.js';

/** A rule or rollout as JSON of the API, and what finds it. */
export type Resource = Readonly<{
  setting: string;
  conditions: readonly Condition[];
  write(setting: string): JsonText;
}>;

/** The column of a table that names what its rows belong to. */
const OWNERS = {
  settings: 'name',
  configurable: 'setting',
  setting_aliases: 'setting',
  setting_metadata: 'setting',
  rules: 'id',
  conditions: 'rule',
  rule_metadata: 'rule',
  rollouts: 'id',
  rollout_conditions: 'rollout',
  rollout_metadata: 'rollout',
} as const;

type OwnedTable = keyof typeof OWNERS;

/** Puts rows together to what the API shows. */
export class Resources {
  /** The context features in order, the most specific last. */
  readonly features: readonly string[];
  private readonly order: readonly string[];

  private constructor(
    rows: Rows,
    private readonly groups: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>,
    order?: readonly string[],
  ) {
    const found = [...(rows.get('context_features')?.values() ?? [])].map((row) => {
      return { name: textIn(row, 'name') ?? '', index: Number(textIn(row, 'index')) };
    });
    this.features = found.sort((a, b) => a.index - b.index || compare(a.name, b.name)).map(({ name }) => name);
    this.order = order ?? this.features;
  }

  /** @param order other context features to go by, in their order */
  static *of(rows: Rows, order?: readonly string[]): InSteps<Resources> {
    const groups = new Map<string, ReadonlyMap<string, readonly Row[]>>();
    for (const [table, column] of Object.entries(OWNERS)) {
      const grouped = new Map<string, Row[]>();
      yield* forEachInSteps(rows.get(table)?.values() ?? [], (row) => {
        const key = textIn(row, column) ?? '';
        if (!grouped.get(key)?.push(row)) grouped.set(key, [row]);
      });
      groups.set(table, grouped);
    }
    return new Resources(rows, groups, order);
  }

  setting(name: string): JsonText | null {
    const [row] = this.of('settings', name);
    if (row === undefined) return null;
    const features = new Set(this.columns('configurable', name, 'context_feature'));
    return writeJson({
      name,
      type: textIn(row, 'type') ?? '',
      default_value: rawJson(textIn(row, 'default_value') ?? 'null'),
      version: formatVersion(parseStoredVersion(textIn(row, 'version') ?? '')),
      configurable_features: this.order.filter((feature) => features.has(feature)),
      metadata: this.metadata('setting_metadata', name),
      aliases: this.columns('setting_aliases', name, 'alias').sort(compare),
    });
  }

  rule(id: string): Resource | undefined {
    const [row] = this.of('rules', id);
    if (row === undefined) return undefined;
    const conditions = this.conditions('conditions', id);
    const value = rawJson(textIn(row, 'value') ?? 'null');
    const metadata = this.metadata('rule_metadata', id);
    const write = (setting: string): JsonText => writeJson({ setting, value, feature_values: conditions, metadata });
    return { setting: textIn(row, 'setting') ?? '', conditions, write };
  }

  /** Members are not part of it. */
  rollout(id: string): (Resource & Readonly<{ feature: string }>) | undefined {
    const [row] = this.of('rollouts', id);
    if (row === undefined) return undefined;
    const text = (column: string): string | undefined => textIn(row, column);
    const json = (column: string): Writable | undefined => {
      const stored = text(column);
      return stored === undefined ? undefined : rawJson(stored);
    };
    const conditions = this.conditions('rollout_conditions', id);
    const feature = text('feature') ?? '';
    const percentage = text('percentage');
    const write = (setting: string): JsonText =>
      writeJson({
        rollout_id: Number(id),
        setting,
        feature,
        feature_values: new Map(conditions),
        enabled: text('enabled') === 'true',
        percentage: percentage === undefined ? undefined : Number(percentage),
        ramp: json('ramp'),
        pattern: text('pattern') ?? null,
        value: json('value'),
        variants: json('variants'),
        hash: text('hash') ?? '',
        salt: text('salt') ?? '',
        metadata: this.metadata('rollout_metadata', id),
      });
    return { setting: text('setting') ?? '', conditions, write, feature };
  }

  private conditions(table: OwnedTable, id: string): readonly Condition[] {
    const place = new Map(this.order.map((feature, index) => [feature, index]));
    return this.of(table, id)
      .map((row): Condition => [textIn(row, 'context_feature') ?? '', textIn(row, 'feature_value') ?? ''])
      .sort(([a], [b]) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
  }

  private metadata(table: OwnedTable, key: string): ReadonlyMap<string, Writable> {
    const entries = this.of(table, key).map((row): [string, Writable] => {
      const value = row.get('value');
      return [textIn(row, 'key') ?? '', value === undefined ? null : rawJson(formatJson(value))];
    });
    return new Map(entries.sort(([a], [b]) => compare(a, b)));
  }

  private columns(table: OwnedTable, key: string, column: string): string[] {
    return this.of(table, key).map((row) => textIn(row, column) ?? '');
  }

  /** The rows of a table that have this text in the column that names what they belong to. */
  private of(table: OwnedTable, key: string): readonly Row[] {
    return this.groups.get(table)?.get(key) ?? [];
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
