import { type Condition } from '../condition.js';
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

/** Puts rows together to what the API shows. */
export class Resources {
  /** The context features in order, the most specific last. */
  readonly features: readonly string[];
  private readonly order: readonly string[];
  private readonly groups = new Map<string, ReadonlyMap<string, readonly Row[]>>();

  /** @param order other context features to go by, in their order */
  constructor(
    private readonly rows: Rows,
    order?: readonly string[],
  ) {
    const found = [...(rows.get('context_features')?.values() ?? [])].map((row) => {
      return { name: textIn(row, 'name') ?? '', index: Number(textIn(row, 'index')) };
    });
    this.features = found.sort((a, b) => a.index - b.index || compare(a.name, b.name)).map(({ name }) => name);
    this.order = order ?? this.features;
  }

  setting(name: string): JsonText | null {
    const [row] = this.of('settings', 'name', name);
    if (row === undefined) return null;
    const features = new Set(this.columns('configurable', 'setting', name, 'context_feature'));
    return writeJson({
      name,
      type: textIn(row, 'type') ?? '',
      default_value: rawJson(textIn(row, 'default_value') ?? 'null'),
      version: formatVersion(parseStoredVersion(textIn(row, 'version') ?? '')),
      configurable_features: this.order.filter((feature) => features.has(feature)),
      metadata: this.metadata('setting_metadata', 'setting', name),
      aliases: this.columns('setting_aliases', 'setting', name, 'alias').sort(compare),
    });
  }

  rule(id: string): Resource | undefined {
    const [row] = this.of('rules', 'id', id);
    if (row === undefined) return undefined;
    const conditions = this.conditions('conditions', 'rule', id);
    const value = rawJson(textIn(row, 'value') ?? 'null');
    const metadata = this.metadata('rule_metadata', 'rule', id);
    const write = (setting: string): JsonText => writeJson({ setting, value, feature_values: conditions, metadata });
    return { setting: textIn(row, 'setting') ?? '', conditions, write };
  }

  /** Members are not part of it. */
  rollout(id: string): (Resource & Readonly<{ feature: string }>) | undefined {
    const [row] = this.of('rollouts', 'id', id);
    if (row === undefined) return undefined;
    const text = (column: string): string | undefined => textIn(row, column);
    const json = (column: string): Writable | undefined => {
      const stored = text(column);
      return stored === undefined ? undefined : rawJson(stored);
    };
    const conditions = this.conditions('rollout_conditions', 'rollout', id);
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
        metadata: this.metadata('rollout_metadata', 'rollout', id),
      });
    return { setting: text('setting') ?? '', conditions, write, feature };
  }

  private conditions(table: string, owner: string, id: string): readonly Condition[] {
    const place = new Map(this.order.map((feature, index) => [feature, index]));
    return this.of(table, owner, id)
      .map((row): Condition => [textIn(row, 'context_feature') ?? '', textIn(row, 'feature_value') ?? ''])
      .sort(([a], [b]) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
  }

  private metadata(table: string, owner: string, key: string): ReadonlyMap<string, Writable> {
    const entries = this.of(table, owner, key).map((row): [string, Writable] => {
      const value = row.get('value');
      return [textIn(row, 'key') ?? '', value === undefined ? null : rawJson(formatJson(value))];
    });
    return new Map(entries.sort(([a], [b]) => compare(a, b)));
  }

  private columns(table: string, owner: string, key: string, column: string): string[] {
    return this.of(table, owner, key).map((row) => textIn(row, column) ?? '');
  }

  /** The rows of a table that have this text in a column. */
  private of(table: string, column: string, key: string): readonly Row[] {
    const known = this.groups.get(table) ?? this.grouped(table, column);
    this.groups.set(table, known);
    return known.get(key) ?? [];
  }

  private grouped(table: string, column: string): ReadonlyMap<string, readonly Row[]> {
    const groups = new Map<string, Row[]>();
    for (const row of this.rows.get(table)?.values() ?? []) {
      const key = textIn(row, column) ?? '';
      if (!groups.get(key)?.push(row)) groups.set(key, [row]);
    }
    return groups;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
