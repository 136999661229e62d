/** A column of Heksher 0.5's schema; all are `not null`. */
export type Column = Readonly<{ name: string; type: 'integer' | 'varchar' | 'jsonb' }>;

const varchar = (name: string): Column => ({ name, type: 'varchar' });
const integer = (name: string): Column => ({ name, type: 'integer' });
const jsonb = (name: string): Column => ({ name, type: 'jsonb' });

/** The data tables of Heksher 0.5, parents before children. */
export const TABLES: ReadonlyMap<string, readonly Column[]> = new Map([
  ['context_features', [varchar('name'), integer('index')]],
  ['settings', [varchar('name'), varchar('type'), varchar('default_value'), varchar('version')]],
  ['configurable', [varchar('setting'), varchar('context_feature')]],
  ['setting_aliases', [varchar('setting'), varchar('alias')]],
  ['setting_metadata', [varchar('setting'), varchar('key'), jsonb('value')]],
  ['rules', [integer('id'), varchar('setting'), varchar('value')]],
  ['conditions', [integer('rule'), varchar('context_feature'), varchar('feature_value')]],
  ['rule_metadata', [integer('rule'), varchar('key'), jsonb('value')]],
]);

/** `definition` is spelled as `pg_get_constraintdef` spells it, so that equal text is equal meaning. */
export type Constraint = Readonly<{
  table: string;
  name: string;
  columns: readonly string[];
  definition: string;
}>;

const key = (table: string, ...columns: string[]): Constraint => ({
  table,
  name: `${table}_pkey`,
  columns,
  definition: `PRIMARY KEY (${columns.join(', ')})`,
});
const toFeature = (table: string): Constraint => ({
  table,
  name: `${table}_context_feature_fkey`,
  columns: ['context_feature'],
  definition: 'FOREIGN KEY (context_feature) REFERENCES context_features(name)',
});
const toParent = (table: string, column: 'setting' | 'rule', parent: string): Constraint => ({
  table,
  name: `${table}_${column}_fkey`,
  columns: [column],
  definition: `FOREIGN KEY (${column}) REFERENCES ${parent} ON UPDATE CASCADE ON DELETE CASCADE`,
});

export const KEYS: readonly Constraint[] = [
  key('context_features', 'name'),
  // Deferrable, so that one statement can renumber the whole list.
  {
    table: 'context_features',
    name: 'context_features_index_key',
    columns: ['index'],
    definition: 'UNIQUE (index) DEFERRABLE',
  },
  key('settings', 'name'),
  key('configurable', 'setting', 'context_feature'),
  key('setting_aliases', 'alias'),
  key('setting_metadata', 'setting', 'key'),
  key('rules', 'id'),
  key('conditions', 'rule', 'context_feature'),
  key('rule_metadata', 'rule', 'key'),
];

export const FOREIGN_KEYS: readonly Constraint[] = [
  toParent('configurable', 'setting', 'settings(name)'),
  toFeature('configurable'),
  toParent('setting_aliases', 'setting', 'settings(name)'),
  toParent('setting_metadata', 'setting', 'settings(name)'),
  toParent('rules', 'setting', 'settings(name)'),
  toParent('conditions', 'rule', 'rules(id)'),
  toFeature('conditions'),
  toParent('rule_metadata', 'rule', 'rules(id)'),
];

/** The columns that hold JSON text. SQL's `'null'::json is not null` is true, so the JSON null is a value here. */
export const JSON_TEXTS: readonly Constraint[] = [
  {
    table: 'settings',
    name: 'settings_default_value_check',
    columns: ['default_value'],
    definition: 'CHECK (((default_value)::json IS NOT NULL))',
  },
  {
    table: 'rules',
    name: 'rules_value_check',
    columns: ['value'],
    definition: 'CHECK (((value)::json IS NOT NULL))',
  },
];

/**
 * Indexes of Heksher 0.5 that a key of ours makes superfluous, or that ours of the same name replace; and ours, which a
 * database has that was taken over once and went back.
 */
export const OLD_INDEXES: readonly string[] = [
  'ix_conditions_feature_value',
  'ix_configurable_context_feature',
  'ix_configurable_setting',
  'ix_conditions_rule',
  'ix_rule_metadata_rule',
  'ix_rules_setting',
  'ix_setting_aliases_alias',
  'ix_setting_aliases_setting',
  'ix_setting_metadata_setting',
];

export const CREATE_INDEXES: readonly string[] = [
  'create index ix_rules_setting on rules (setting)',
  'create index ix_setting_aliases_setting on setting_aliases (setting)',
  'create index ix_configurable_context_feature on configurable (context_feature)',
  // Finds the rules with a condition among very many, for queries that ask for `left(feature_value, 255) = left($1, 255)`
  // beside the whole value: all that the service lets in, while an adopted value may be too long for an index. (A hash
  // index takes any length, but time with the square of the number of equal values to fill.)
  'create index ix_conditions_feature_value on conditions (context_feature, left(feature_value, 255))',
];

export const CREATE_TABLES: readonly string[] = [...TABLES].map(
  ([table, columns]) => `create table ${table} (${columns.map((column) => createColumn(table, column)).join(', ')})`,
);

function createColumn(table: string, { name, type }: Column): string {
  return `"${name}" ${table === 'rules' && name === 'id' ? 'serial' : type} not null`;
}
