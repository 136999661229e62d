import { isContextFeatureName, isFeatureValue, isMetadataKey, isSettingName } from '@heksher/core';
import { type EntityManager } from 'typeorm';

const SHOWN = 20;

/** Maximum number of names examined: enough for an operator to see the pattern. */
const MOST_NAMES = 10_000;

/**
 * What an adopted database holds that this service serves but would not have let in, one sentence each, naming the
 * first rows. Defaults that do not fit their type are not among them: SQL cannot judge these.
 */
export async function findAdoptionOddities(db: EntityManager): Promise<readonly string[]> {
  return [
    ...(await findEqualRules(db)),
    ...(await findIndexHoles(db)),
    ...(await findSharedNames(db)),
    ...(await findOddNames(db)),
  ];
}

async function findEqualRules(db: EntityManager): Promise<readonly string[]> {
  const rows = await db.query<readonly { shown: string }[]>(
    `select format('%s of setting %s', string_agg(rule.id::text, ', ' order by rule.id), to_json(rule.setting)) as shown
       from (select r.id, r.setting,
                    array(select array[c.context_feature, c.feature_value]::text[]
                            from conditions c where c.rule = r.id order by c.context_feature) as conditions
               from rules r) rule
      group by rule.setting, rule.conditions
     having count(*) > 1
      order by min(rule.id)`,
  );
  return sentence(
    'rules with equal conditions, of which the oldest wins: ',
    rows.map((row) => row.shown),
    '; ',
  );
}

async function findIndexHoles(db: EntityManager): Promise<readonly string[]> {
  const rows = await db.query<readonly { name: string; index: number }[]>(
    `select f.name, f.index
       from (select c.name, c.index, row_number() over (order by c.index) - 1 as place from context_features c) f
      where f.index <> f.place
      order by f.index`,
  );
  const shown = rows.map((row) => `${JSON.stringify(row.name)} at ${String(row.index)}`);
  return sentence('context features whose indices are not 0, 1, 2, … (the order holds): ', shown);
}

async function findSharedNames(db: EntityManager): Promise<readonly string[]> {
  const rows = await db.query<readonly { alias: string; setting: string }[]>(
    `select a.alias, a.setting from setting_aliases a join settings s on s.name = a.alias order by a.alias`,
  );
  const shown = rows.map((row) => `${JSON.stringify(row.alias)} (alias of ${JSON.stringify(row.setting)})`);
  return sentence('aliases that are also the name of a setting: ', shown);
}

/** Each kind of name with a query for those that are not plain at first sight, and the contract's rule for the rest. */
const NAMES: readonly Readonly<{ what: string; query: string; isSound: (name: string) => boolean }>[] = [
  { what: 'settings', query: 'select name from settings', isSound: isSettingName },
  { what: 'aliases', query: 'select alias as name from setting_aliases', isSound: isSettingName },
  { what: 'context features', query: 'select name from context_features', isSound: isContextFeatureName },
  { what: 'values of conditions', query: 'select feature_value as name from conditions', isSound: isFeatureValue },
  {
    what: 'keys of metadata',
    query: 'select key as name from setting_metadata union all select key from rule_metadata',
    isSound: isMetadataKey,
  },
];

async function findOddNames(db: EntityManager): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const { what, query, isSound } of NAMES) {
    const rows = await db.query<readonly { name: string }[]>(
      `select distinct named.name from (${query}) named
        where named.name !~ '^[a-zA-Z0-9_]{1,255}$' order by named.name limit ${String(MOST_NAMES)}`,
    );
    const odd = rows.map((row) => row.name).filter((name) => !isSound(name));
    findings.push(...sentence(`${what} that could not be made today: `, odd.map(shorten)));
  }
  return findings;
}

function shorten(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

function sentence(introduction: string, items: readonly string[], separator = ', '): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - SHOWN;
  return [introduction + items.slice(0, SHOWN).join(separator) + (more > 0 ? ` and ${String(more)} more` : '')];
}
