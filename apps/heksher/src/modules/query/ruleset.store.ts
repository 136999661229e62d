import { type Condition, type JsonText, shadowedRules } from '@heksher/core';
import { type EntityManager } from 'typeorm';
import { type RulesetRule, type RulesetSetting } from './ruleset.js';

/** The canonical name of each given name or alias; one that is neither is missing from the map. */
export async function resolveNames(db: EntityManager, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows: { given: string; name: string }[] = await db.query(
    `select given.name as given, coalesce(s.name, a.setting) as name
       from unnest($1::varchar[]) as given (name)
       left join settings s on s.name = given.name
       left join setting_aliases a on a.alias = given.name
      where coalesce(s.name, a.setting) is not null`,
    [names],
  );
  return new Map(rows.map(({ given, name }) => [given, name]));
}

/** The settings of these canonical names (undefined: all), sorted by name, with all their rules. */
export async function loadRuleset(
  db: EntityManager,
  names: readonly string[] | undefined,
): Promise<readonly RulesetSetting[]> {
  const settings: { name: string; default_value: JsonText }[] = await db.query(
    `select s.name, s.default_value
       from settings s
      where $1::varchar[] is null or s.name = any ($1)
      order by s.name collate "C"`,
    [names ?? null],
  );
  const rules = await loadRules(db, names);
  return settings.map(({ name, default_value }) => {
    const own = rules.get(name) ?? [];
    const shadowed = shadowedRules(own);
    return { name, defaultValue: default_value, rules: own.filter((rule) => !shadowed.has(rule)) };
  });
}

type RuleRow = { id: number; setting: string; value: JsonText; conditions: Condition[]; metadata: JsonText };

async function loadRules(
  db: EntityManager,
  names: readonly string[] | undefined,
): Promise<ReadonlyMap<string, readonly RulesetRule[]>> {
  const rows: RuleRow[] = await db.query(
    `select r.id, r.setting, r.value,
            (select coalesce(json_agg(json_build_array(c.context_feature, c.feature_value)
                                      order by f.index, f.name collate "C"), '[]')
               from conditions c
               join context_features f on f.name = c.context_feature
              where c.rule = r.id) as conditions,
            (select coalesce('{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ','
                                               order by m.key collate "C") || '}', '{}')
               from rule_metadata m
              where m.rule = r.id) as metadata
       from rules r
      where $1::varchar[] is null or r.setting = any ($1)
      order by r.id`,
    [names ?? null],
  );
  const rules = new Map<string, RulesetRule[]>();
  for (const { setting, ...rule } of rows) {
    const own = rules.get(setting);
    if (own === undefined) rules.set(setting, [rule]);
    else own.push(rule);
  }
  return rules;
}
