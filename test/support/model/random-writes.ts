import fc from 'fast-check';

/** Transactions of SQL as any writer may send it, also of what only an older Heksher would have let in. */
export type RandomTransaction = Readonly<{ statements: readonly string[]; end: 'commit' | 'rollback' | 'savepoint' }>;

export const ODD_FEATURES = ['account', 'user', 'theme', 'Odd name', '', '__proto__'];
const SETTINGS = ['a', 'b', 'B.c', 'odd "name"', '__proto__', 'é'];
const VALUES = ['john', 'jim', '', 'a b', '"'];
const JSON_TEXTS = ['1', '1.0', '{"b": 1e2, "a": [1.50]}', '"\\u00e9\\ud800"', 'null', '""', ' [ ] '];
const METADATA = ['1.0', '{"b": 1, "a": {"__proto__": 2}}', 'null', '"é"'];

/** Some of each are what nobody can read. */
const PATTERNS = ["'^j'", "'o'", "'('", 'null', 'null', 'null'];
const SHARES = [
  ...['0', '33.333', '50', '100'].map((percentage) => `${percentage}::numeric, null`),
  ...[ramp('0100', '4000'), ramp('8000', '9000'), '[1]'].map((text) => `null::numeric, '${text}'`),
];
const OUTCOMES = [
  `'1.0', null`,
  `' [ ] ', null`,
  `'null', null`,
  `null, '${variants(1, 2)}'`,
  `null, '${variants(1)}'`,
  `null, '[]'`,
];

/** Of years so far away that the clock does not move it while a test runs. */
function ramp(start: string, end: string): string {
  return `{"start":"${start}-01-01T00:00:00Z", "end":"${end}-01-01T00:00:00Z", "from":0.5, "to":100}`;
}

function variants(...weights: readonly number[]): string {
  return `[${weights.map((weight, index) => `{"name":"v${index}","value":${index}.50,"weight":${weight}}`).join(',')}]`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const of = (texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts.map(quote));
const number = fc.integer({ min: 1, max: 9 }).map(String);

const PLACES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  feature: of(ODD_FEATURES),
  setting: of(SETTINGS),
  setting2: of(SETTINGS),
  name: of([...SETTINGS, 'alias', 'alias.2']),
  value: of(VALUES),
  json: of(JSON_TEXTS),
  metadata: of(METADATA),
  key: of(['k', 'K', 'é', '__proto__']),
  rule: number,
  rule2: number,
  pattern: fc.constantFrom(...PATTERNS),
  share: fc.constantFrom(...SHARES),
  outcome: fc.constantFrom(...OUTCOMES),
  hash: of(['murmur3', 'crc32']),
};

const UNUSED = `not exists (select from conditions c where c.context_feature = f.name)
      and not exists (select from rollouts r where r.feature = f.name)
      and not exists (select from rollout_conditions c where c.context_feature = f.name)`;

/** What a statement may not do for a constraint is left out by its condition, so that few fail. */
const STATEMENTS = [
  `insert into context_features select $feature, coalesce(max(index), -1) + 1 from context_features on conflict (name) do nothing`,
  `delete from context_features f where name = $feature and ${UNUSED}`,
  `update context_features set index = (select max(index) from context_features) - index`,
  `update context_features set index = index + 1`,
  `update context_features f set name = name || 'x' where name = $feature and ${UNUSED}`,
  `insert into settings values ($setting, 'int', $json, '1.0') on conflict (name) do update set default_value = excluded.default_value`,
  `insert into settings values ($setting, 'int', $json, '1.0') on conflict (name) do nothing`,
  `update settings set default_value = $json where name <> $setting`,
  `update settings set name = $setting2 where name = $setting and not exists (select from settings where name = $setting2)`,
  `update settings set name = name || 'x' where name = $setting and not exists (select from settings s where s.name = $setting || 'x')`,
  `delete from settings where name = $setting`,
  `insert into setting_aliases select name, $name from settings where name = $setting on conflict (alias) do update set setting = excluded.setting`,
  `update setting_aliases set setting = $setting where alias = $name and exists (select from settings where name = $setting)`,
  `delete from setting_aliases where alias = $name`,
  `insert into rules (setting, value) select name, $json from settings where name = $setting`,
  `with r as (insert into rules (setting, value) select name, $json from settings returning id)
   insert into conditions select r.id, f.name, $value from r, context_features f where f.index % 2 = $rule % 2`,
  `with r as (insert into rules (setting, value) select name, $json from settings where name = $setting returning id)
   insert into conditions select r.id, f.name, $value from r, context_features f where f.name in ($feature, 'user')`,
  `update rules set value = $json where id % 7 = $rule % 7`,
  `update rules set setting = $setting where id % 7 = $rule % 7 and exists (select from settings where name = $setting)`,
  `update rules set id = id + 1000 where id % 5 = $rule % 5`,
  `delete from rules where id % 7 = $rule % 7`,
  `insert into conditions select r.id, f.name, $value from rules r, context_features f
    where f.name = $feature and r.id % 3 = $rule % 3 on conflict do nothing`,
  `update conditions set feature_value = $value where context_feature = $feature`,
  `update conditions c set context_feature = $feature where rule % 3 = $rule % 3
      and exists (select from context_features where name = $feature) and not exists (select from conditions o where o.rule = c.rule and o.context_feature = $feature and o <> c)
      and c.context_feature = (select min(o.context_feature) from conditions o where o.rule = c.rule)`,
  `delete from conditions where rule % 5 = $rule % 5`,
  `insert into rule_metadata select id, $key, $metadata from rules where id % 3 = $rule % 3 on conflict (rule, key) do update set value = excluded.value`,
  `update rule_metadata m set rule = (select max(id) from rules) where key = $key and rule = (select min(id) from rules)
      and not exists (select from rule_metadata o where o.rule = (select max(id) from rules) and o.key = $key)`,
  `delete from rule_metadata where rule % 3 = $rule % 3`,
  `update settings set version = '1.1'`,
  `delete from rules where false`,
  `insert into rollouts (setting, feature, enabled, pattern, percentage, ramp, value, variants, hash, salt)
   select s.name, f.name, $rule % 5 > 0, $pattern, $share, $outcome, $hash, $value from settings s, context_features f
    where s.name = $setting and f.name = $feature`,
  `with r as (insert into rollouts (setting, feature, pattern, percentage, ramp, value, variants, hash, salt)
              select s.name, f.name, $pattern, $share, $outcome, $hash, 's' from settings s, context_features f
               where f.name = $feature returning id, feature)
   insert into rollout_conditions select r.id, f.name, $value from r, context_features f where f.index % 2 = $rule % 2 and f.name <> r.feature`,
  `update rollouts set enabled = not enabled where id % 5 = $rule % 5`,
  `update rollouts set (percentage, ramp) = (select $share) where id % 3 = $rule % 3`,
  `update rollouts set (value, variants) = (select $outcome), pattern = $pattern where id % 3 = $rule % 3`,
  `update rollouts set setting = $setting where id % 3 = $rule % 3 and exists (select from settings where name = $setting)`,
  `update rollouts set id = id + 1000 where id % 5 = $rule % 5`,
  `delete from rollouts where id % 5 = $rule % 5`,
  `insert into rollout_conditions select r.id, f.name, $value from rollouts r, context_features f
    where f.name = $feature and f.name <> r.feature and r.id % 3 = $rule % 3 on conflict do nothing`,
  `update rollout_conditions set feature_value = $value where rollout % 3 = $rule % 3`,
  `delete from rollout_conditions where rollout % 5 = $rule % 5`,
  `insert into rollout_members select r.id, $value || n from rollouts r, generate_series(1, $rule2) n where r.id % 3 = $rule % 3 on conflict do nothing`,
  `insert into rollout_members select r.id, unit from rollouts r, (values ('john'), ('jim'), ('é')) as units (unit) where r.id % 3 = $rule % 3
       on conflict do nothing`,
  `insert into rollout_members select id, 'u' || n from rollouts, generate_series(1, 700 * $rule2) n where id = (select min(id) from rollouts) on conflict do nothing`,
  `update rollout_members m set unit = unit || 'x' where rollout % 3 = $rule % 3 and not exists (select from rollout_members o where o.rollout = m.rollout and o.unit = m.unit || 'x')`,
  `update rollout_members m set rollout = (select max(id) from rollouts) where unit like 'j%' and rollout = (select min(id) from rollouts)
      and not exists (select from rollout_members o where o.rollout = (select max(id) from rollouts) and o.unit = m.unit)`,
  `with gone as (delete from rollout_members where rollout % 2 = $rule % 2 returning rollout, unit) insert into rollout_members select rollout, unit || 'y' from gone on conflict do nothing`,
  `delete from rollout_members where rollout % 3 = $rule % 3 and (unit like 'j%' or length(unit) % 2 = $rule2 % 2)`,
  `delete from rollout_members where false`,
  `insert into rollout_metadata select id, $key, $metadata from rollouts where id % 3 = $rule % 3 on conflict (rollout, key) do update set value = excluded.value`,
  `delete from rollout_metadata where rollout % 3 = $rule % 3`,
  `insert into setting_metadata select name, $key, $metadata from settings on conflict (setting, key) do nothing`,
];
const RARE_STATEMENTS = [
  `truncate conditions`,
  `truncate setting_aliases, rule_metadata`,
  `truncate rules cascade`,
  `truncate rollout_members`,
  `truncate rollouts cascade`,
  `insert into rollout_members select id, 'many' || n from rollouts, generate_series(1, 21000) n where id = (select max(id) from rollouts) on conflict do nothing`,
  `delete from heksher_changes`,
  `delete from heksher_changes where seq < (select seq from heksher_revision)`,
];

const statement = fc
  .oneof(
    { weight: 14, arbitrary: fc.constantFrom(...STATEMENTS) },
    { weight: 1, arbitrary: fc.constantFrom(...RARE_STATEMENTS) },
  )
  .chain((template) =>
    fc.record(PLACES).map((texts) => template.replaceAll(/\$(\w+)/g, (whole, place: string) => texts[place] ?? whole)),
  );

export const randomTransactions: fc.Arbitrary<RandomTransaction> = fc.record({
  statements: fc.array(statement, { minLength: 1, maxLength: 6 }),
  end: fc.oneof(
    { weight: 6, arbitrary: fc.constant('commit' as const) },
    { weight: 1, arbitrary: fc.constantFrom('rollback' as const, 'savepoint' as const) },
  ),
});

/** Something of everything, to begin with. */
export const BEGINNING: RandomTransaction = {
  statements: [
    ...ODD_FEATURES.map((name, index) => `insert into context_features values (${quote(name)}, ${index * 2})`),
    ...SETTINGS.map((name) => `insert into settings values (${quote(name)}, 'int', '1.0', '1.0')`),
    `insert into setting_aliases values ('a', 'alias'), ('b', 'alias.2')`,
    `insert into rules (setting, value) select name, '5' from settings, generate_series(1, 4)`,
    `insert into conditions select id, name, case id % 2 when 0 then 'john' else 'jim' end from rules, context_features where (id + index) % 3 = 0`,
    `insert into rule_metadata select id, 'k', '{"b": 1.50, "a": null}' from rules where id % 2 = 0`,
    `insert into rollouts (setting, feature, percentage, value, hash, salt) select name, 'user', 50, '7.0', 'murmur3', name from settings`,
    `insert into rollouts (setting, feature, percentage, variants, hash, salt) select name, 'theme', 50, '${variants(1, 3)}', 'crc32', name from settings`,
    `insert into rollout_conditions select id, 'account', 'john' from rollouts where id % 2 = 0`,
    `insert into rollout_members select id, 'u' || n from rollouts, generate_series(1, 20) n`,
    `insert into rollout_metadata select id, 'k', '1.0' from rollouts where id % 3 = 0`,
  ],
  end: 'commit',
};

/** The SQL of it all in one text: a savepoint undoes the last statement. */
export function sqlOf({ statements, end }: RandomTransaction): string {
  const last = end === 'savepoint' ? ['savepoint s', 'delete from settings', 'rollback to s'] : [];
  return ['begin', ...statements, ...last, end === 'rollback' ? 'rollback' : 'commit'].join(';\n');
}
