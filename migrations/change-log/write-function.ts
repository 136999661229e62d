const rows = (section: string, columns: string): string => `jsonb_to_recordset(changes -> '${section}') d (${columns})`;
const texts = (section: string): string => `array(select jsonb_array_elements_text(changes -> '${section}'))`;
const ids = (section: string): string => `array(select jsonb_array_elements_text(changes -> '${section}')::integer)`;

/** Runs the statement where the section has rows: each statement that writes is a revision. */
const where = (section: string, statement: string): string => `
  if changes ? '${section}' then
    ${statement};
  end if;`;

/**
 * What a version of the function knows. `ofNewOwners`: conditions of new rules and rollouts in sections of their own. A statement that may insert or update
 * takes a revision for both.
 */
export type WriteForm = Readonly<{ ofNewOwners: boolean }>;

const ROLLOUT_FIELDS = ['enabled', 'percentage', 'ramp', 'pattern', 'value', 'variants', 'hash', 'salt'];
const ROLLOUT_COLUMNS =
  'enabled boolean, percentage numeric, ramp text, pattern text, value text, variants text, hash text, salt text';

/** The id of an owner, which where it is new is given by its place. */
const idOf = (kind: 'rule' | 'rollout', column: string): string =>
  `case when ${column} < 0 then new_${kind}s[-${column}] else ${column} end`;

const conditions = (table: string, kind: 'rule' | 'rollout', { ofNewOwners }: WriteForm): readonly string[] => [
  where(
    `delete_${table}`,
    `delete from ${table} t using ${rows(`delete_${table}`, `${kind} integer, context_feature varchar`)}
      where t.${kind} = d.${kind} and t.context_feature = d.context_feature`,
  ),
  where(
    `put_${table}`,
    `insert into ${table} (${kind}, context_feature, feature_value)
     select ${idOf(kind, `d.${kind}`)}, d.context_feature, d.feature_value
       from ${rows(`put_${table}`, `${kind} integer, context_feature varchar, feature_value varchar`)}
     on conflict (${kind}, context_feature) do update set feature_value = excluded.feature_value`,
  ),
  ...(ofNewOwners
    ? [
        where(
          `insert_${table}`,
          `insert into ${table} (${kind}, context_feature, feature_value)
           select ${idOf(kind, `d.${kind}`)}, d.context_feature, d.feature_value
             from ${rows(`insert_${table}`, `${kind} integer, context_feature varchar, feature_value varchar`)}`,
        ),
      ]
    : []),
];

const metadata = (kind: 'setting' | 'rule' | 'rollout'): readonly string[] => {
  const owner = kind === 'setting' ? 'owner varchar' : 'owner integer';
  const id = kind === 'setting' ? 'd.owner' : idOf(kind, 'd.owner');
  const [deleted, put] = [`delete_${kind}_metadata`, `put_${kind}_metadata`];
  return [
    where(
      deleted,
      `delete from ${kind}_metadata t using ${rows(deleted, `${owner}, key varchar`)}
        where t.${kind} = d.owner and t.key = d.key`,
    ),
    where(
      put,
      `insert into ${kind}_metadata (${kind}, key, value)
       select ${id}, d.key, d.value::jsonb from ${rows(put, `${owner}, key varchar, value text`)}
       on conflict (${kind}, key) do update set value = excluded.value`,
    ),
  ];
};

/** Ids are given in the order of the rows. */
const insertWithIds = (table: 'rules' | 'rollouts', columns: string, types: string): string =>
  where(
    `insert_${table}`,
    `with added as (
       insert into ${table} (${columns})
       select ${columns}
         from rows from (jsonb_to_recordset(changes -> 'insert_${table}') as (${types})) with ordinality as d (${columns}, place)
        order by d.place
       returning id)
     select array_agg(added.id order by added.id) into new_${table} from added`,
  );

/**
 * `heksher_write`: one write in one statement. It carries the revision on which the write was decided (`expected`, a token): where
 * that is no longer the newest it changes nothing and returns no row. Else it does what the sections of `changes` say, in an
 * order in which no row is in the way of another, and returns the new revision and the ids of new rules and rollouts.
 */
export const createWriteFunction = (form: WriteForm): string => `
create or replace function heksher_write(expected uuid, actor text, request text, message text, changes jsonb)
returns table (seq bigint, token uuid, new_rules integer[], new_rollouts integer[])
language plpgsql
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
declare
  renaming jsonb;
begin
  perform from heksher_revision r where r.one_row and r.token = expected for update;
  if not found then
    return;
  end if;
  perform set_config('heksher.actor', heksher_write.actor, true),
          set_config('heksher.request_id', heksher_write.request, true),
          set_config('heksher.message', heksher_write.message, true);
${[
  where(
    'add_features',
    `insert into context_features (name, index)
     select added.name, (select coalesce(max(f.index), -1) from context_features f) + added.place
       from unnest(${texts('add_features')}) with ordinality added (name, place)`,
  ),
  where('delete_settings', `delete from settings t where t.name = any (${texts('delete_settings')})`),
  where('delete_aliases', `delete from setting_aliases t where t.alias = any (${texts('delete_aliases')})`),
  where(
    'rename_settings',
    `for renaming in select jsonb_array_elements(changes -> 'rename_settings') loop
      update settings t set name = renaming ->> 1 where t.name = renaming ->> 0;
    end loop`,
  ),
  where(
    'update_settings',
    `update settings t set type = d.type, default_value = d.default_value, version = d.version
       from ${rows('update_settings', 'name varchar, type varchar, default_value varchar, version varchar')}
      where t.name = d.name`,
  ),
  where(
    'insert_settings',
    `insert into settings (name, type, default_value, version)
     select d.name, d.type, d.default_value, d.version
       from ${rows('insert_settings', 'name varchar, type varchar, default_value varchar, version varchar')}`,
  ),
  where(
    'insert_aliases',
    `insert into setting_aliases (setting, alias)
     select d.setting, d.alias from ${rows('insert_aliases', 'setting varchar, alias varchar')}`,
  ),
  where(
    'delete_configurable',
    `delete from configurable t using ${rows('delete_configurable', 'setting varchar, context_feature varchar')}
      where t.setting = d.setting and t.context_feature = d.context_feature`,
  ),
  where(
    'insert_configurable',
    `insert into configurable (setting, context_feature)
     select d.setting, d.context_feature from ${rows('insert_configurable', 'setting varchar, context_feature varchar')}`,
  ),
  ...metadata('setting'),
  where('delete_rules', `delete from rules t where t.id = any (${ids('delete_rules')})`),
  where(
    'update_rules',
    `update rules t set value = d.value from ${rows('update_rules', 'id integer, value varchar')} where t.id = d.id`,
  ),
  insertWithIds('rules', 'setting, value', 'setting varchar, value varchar'),
  ...conditions('conditions', 'rule', form),
  ...metadata('rule'),
  where('delete_rollouts', `delete from rollouts t where t.id = any (${ids('delete_rollouts')})`),
  where(
    'update_rollouts',
    `update rollouts t set ${ROLLOUT_FIELDS.map((field) => `${field} = d.${field}`).join(', ')}
       from ${rows('update_rollouts', `id integer, ${ROLLOUT_COLUMNS}`)}
      where t.id = d.id`,
  ),
  insertWithIds(
    'rollouts',
    ['setting', 'feature', ...ROLLOUT_FIELDS].join(', '),
    `setting varchar, feature varchar, ${ROLLOUT_COLUMNS}`,
  ),
  ...conditions('rollout_conditions', 'rollout', form),
  where(
    'delete_members',
    `delete from rollout_members t using ${rows('delete_members', 'rollout integer, unit text')}
      where t.rollout = d.rollout and t.unit = d.unit`,
  ),
  where(
    'insert_members',
    `insert into rollout_members (rollout, unit)
     select ${idOf('rollout', 'd.rollout')}, d.unit from ${rows('insert_members', 'rollout integer, unit text')}
     on conflict do nothing`,
  ),
  ...metadata('rollout'),
  where('delete_features', `delete from context_features t where t.name = any (${texts('delete_features')})`),
  where(
    'order_features',
    `update context_features t set index = placed.place - 1
       from unnest(${texts('order_features')}) with ordinality placed (name, place)
      where t.name = placed.name and t.index is distinct from placed.place - 1`,
  ),
].join('')}
  return query select r.seq, r.token, new_rules, new_rollouts from heksher_revision r where r.one_row;
end
$function$`;
