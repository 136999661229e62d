/** The database of Heksher 0.5 as that service's own migrations leave it. */
export const HEKSHER_05 = `
create table alembic_version (version_num varchar(32) not null primary key);
insert into alembic_version values ('83f0f272313f');
create table context_features (name varchar not null primary key, index integer, unique (index));
create table settings (
  name varchar not null primary key, type varchar not null, default_value varchar not null, version varchar);
create table configurable (
  setting varchar not null references settings (name) on update cascade on delete cascade,
  context_feature varchar not null references context_features (name),
  unique (setting, context_feature));
create index ix_configurable_setting on configurable (setting);
create table rules (
  id serial primary key,
  setting varchar not null references settings (name) on update cascade on delete cascade,
  value varchar not null);
create index ix_rules_setting on rules (setting);
create table conditions (
  rule integer not null references rules (id) on update cascade on delete cascade,
  context_feature varchar not null references context_features (name),
  feature_value varchar not null,
  unique (rule, context_feature));
create index ix_conditions_rule on conditions (rule);
create table setting_metadata (
  setting varchar not null references settings (name) on update cascade on delete cascade,
  key varchar not null, value jsonb not null, unique (setting, key));
create index ix_setting_metadata_setting on setting_metadata (setting);
create table rule_metadata (
  rule integer not null references rules (id) on update cascade on delete cascade,
  key varchar not null, value jsonb not null, unique (rule, key));
create index ix_rule_metadata_rule on rule_metadata (rule);
create table setting_aliases (
  setting varchar not null references settings (name) on update cascade on delete cascade,
  alias varchar not null);
create unique index ix_setting_aliases_alias on setting_aliases (alias);
create index ix_setting_aliases_setting on setting_aliases (setting);
`;

/** Another way that database comes about, with other types and names and fewer constraints: all mean the same. */
export const HEKSHER_05_OTHERWISE = `
create table alembic_version (version_num varchar(32) not null primary key);
insert into alembic_version values ('83f0f272313f');
create table context_features (name text constraint pk_feature primary key, index bigint);
create table settings (name varchar(200) constraint setting_name unique, type text, default_value text not null, version varchar not null);
create table configurable (
  setting varchar not null constraint f1 references settings (name) on delete cascade,
  context_feature varchar constraint f2 references context_features (name) deferrable initially deferred,
  constraint u1 unique (context_feature, setting));
create table rules (id smallint constraint rule_id primary key, setting varchar not null, value text not null);
create table conditions (
  rule bigint not null, context_feature varchar not null, feature_value varchar not null,
  constraint p1 primary key (rule, context_feature));
create table setting_metadata (setting varchar not null, key varchar not null, value json not null);
create table rule_metadata (rule smallint not null references rules (id), key varchar not null, value jsonb not null);
create table setting_aliases (setting varchar not null, alias varchar primary key);
`;

/** Rows for either. */
export const SAMPLE_ROWS = `
insert into context_features (name, index) values ('account', 0), ('user', 1), ('theme', 2);
insert into settings values
  ('cache_size', 'int', '10', '1.0'), ('colour', 'Enum["blue","red"]', '"\\ud800 \\u0000"', '1.2'), ('limits', 'Mapping<float>', '{"b": 1.0, "a": 1e2}', '2.0');
insert into configurable values ('cache_size', 'account'), ('cache_size', 'user'), ('colour', 'theme'), ('limits', 'user');
insert into setting_aliases values ('cache_size', 'size'), ('cache_size', 'cache.size');
insert into setting_metadata values ('cache_size', 'owner', '{"team": ["a", 1.50]}'), ('colour', 'note', 'null');
insert into rules (id, setting, value) values (1, 'cache_size', '20'), (2, 'cache_size', 'null'), (7, 'colour', '"red"');
insert into conditions values (1, 'account', 'john'), (2, 'account', 'john'), (2, 'user', 'jim'), (7, 'theme', 'dark');
insert into rule_metadata values (1, 'why', '"because"'), (7, 'n', '1');
`;

export const DATA_TABLES = [
  'context_features',
  'settings',
  'configurable',
  'setting_aliases',
  'setting_metadata',
  'rules',
  'conditions',
  'rule_metadata',
] as const;
