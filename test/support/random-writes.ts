import fc from 'fast-check';

/** Transactions of SQL as any writer may send it, also of what only an older Heksher would have let in. */
export type RandomTransaction = Readonly<{ statements: readonly string[]; end: 'commit' | 'rollback' | 'savepoint' }>;

export const ODD_FEATURES = ['account', 'user', 'theme', 'Odd name', '', '__proto__'];
const SETTINGS = ['a', 'b', 'B.c', 'odd "name"', '__proto__', 'é'];
const VALUES = ['john', 'jim', '', 'a b', '"'];
const JSON_TEXTS = ['1', '1.0', '{"b": 1e2, "a": [1.50]}', '"\\u00e9\\ud800"', 'null', '""', ' [ ] '];
const METADATA = ['1.0', '{"b": 1, "a": {"__proto__": 2}}', 'null', '"é"'];

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
};

/** What a statement may not do for a constraint is left out by its condition, so that few fail. */
const STATEMENTS = [
  `insert into context_features select $feature, coalesce(max(index), -1) + 1 from context_features on conflict (name) do nothing`,
  `delete from context_features f where name = $feature and not exists (select from conditions c where c.context_feature = f.name)`,
  `update context_features set index = (select max(index) from context_features) - index`,
  `update context_features set index = index + 1`,
  `update context_features f set name = name || 'x' where name = $feature and not exists (select from conditions c where c.context_feature = f.name)`,
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
  `insert into setting_metadata select name, $key, $metadata from settings on conflict (setting, key) do nothing`,
];
const RARE_STATEMENTS = [
  `truncate conditions`,
  `truncate setting_aliases, rule_metadata`,
  `truncate rules cascade`,
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
  ],
  end: 'commit',
};

/** The SQL of it all in one text: a savepoint undoes the last statement. */
export function sqlOf({ statements, end }: RandomTransaction): string {
  const last = end === 'savepoint' ? ['savepoint s', 'delete from settings', 'rollback to s'] : [];
  return ['begin', ...statements, ...last, end === 'rollback' ? 'rollback' : 'commit'].join(';\n');
}
