import { formatJson, formatSettingType, formatVersion, type Json, jsonEquals, parseStoredJson } from '@heksher/core';
import { type TestDatabase } from '../database/database.js';
import { type Model } from './model.js';

type Rows = readonly (readonly unknown[])[];

/** The whole database against the model, table by table; values by their exact text, metadata (which is jsonb) as JSON. */
export async function expectSameContents(database: TestDatabase, model: Model): Promise<void> {
  const stored = async (select: string) => (await database.sql<{ row: unknown[] }>(select)).map(({ row }) => row);
  expect(await stored(`select json_build_array(name, index) as row from context_features order by index`)).toEqual(
    model.features.map((name, index) => [name, index]),
  );
  expect(
    sorted(await stored(`select json_build_array(name, type, default_value, version) as row from settings`)),
  ).toEqual(
    sorted(
      model.settings.map((s) => [
        s.name,
        formatSettingType(s.type),
        formatJson(s.defaultValue),
        formatVersion(s.version),
      ]),
    ),
  );
  expect(sorted(await stored(`select json_build_array(setting, context_feature) as row from configurable`))).toEqual(
    sorted(model.settings.flatMap(({ name, features }) => features.map((feature) => [name, feature]))),
  );
  expect(sorted(await stored(`select json_build_array(setting, alias) as row from setting_aliases`))).toEqual(
    sorted(model.settings.flatMap(({ name, aliases }) => aliases.map((alias) => [name, alias]))),
  );
  expect(sorted(await stored(`select json_build_array(id, setting, value) as row from rules`))).toEqual(
    sorted(model.rules.map(({ id, setting, value }) => [id, setting.name, formatJson(value)])),
  );
  expect(
    sorted(await stored(`select json_build_array(rule, context_feature, feature_value) as row from conditions`)),
  ).toEqual(
    sorted(model.rules.flatMap(({ id, conditions }) => [...conditions].map((condition) => [id, ...condition]))),
  );
  expectSameMetadata(
    await stored(`select json_build_array(setting, key, value::text) as row from setting_metadata`),
    model.settings.flatMap(({ name, metadata }) => [...metadata].map(([key, value]) => [name, key, value])),
  );
  expectSameMetadata(
    await stored(`select json_build_array(rule, key, value::text) as row from rule_metadata`),
    model.rules.flatMap(({ id, metadata }) => [...metadata].map(([key, value]) => [id, key, value])),
  );
}

function expectSameMetadata(stored: Rows, expected: readonly (readonly [string | number, string, Json])[]): void {
  const matching = expected.map(([owner, key, value]) => {
    const text = stored.find((row) => row[0] === owner && row[1] === key)?.[2];
    const found = typeof text === 'string' ? parseStoredJson(text) : null;
    return [owner, key, found !== null && jsonEquals(found, value) ? text : formatJson(value)];
  });
  expect(sorted(stored)).toEqual(sorted(matching));
}

function sorted(rows: Rows): Rows {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** What holds of a database whatever was asked of the service: foreign keys aside, which PostgreSQL holds itself. */
export async function expectConsistent(database: TestDatabase): Promise<void> {
  const indices = await database.sql<{ index: number }>(`select index from context_features order by index`);
  expect(indices.map(({ index }) => index)).toEqual(indices.map((_, place) => place));
  const values = await database.sql<{ value: string }>(
    `select default_value as value from settings union all select value from rules`,
  );
  expect(values.filter(({ value }) => parseStoredJson(value) === null)).toEqual([]);
  const bare = await database.sql(
    `select id from rules r where not exists (select from conditions c where c.rule = r.id)`,
  );
  expect(bare).toEqual([]);
  const taken = await database.sql(`select a.alias from setting_aliases a join settings s on s.name = a.alias`);
  expect(taken).toEqual([]);
  const foreign = await database.sql(
    `select c.rule from conditions c join rules r on r.id = c.rule
      where not exists (select from configurable g where g.setting = r.setting and g.context_feature = c.context_feature)`,
  );
  expect(foreign).toEqual([]);
  const twins = await database.sql(
    `select setting, conditions from (
       select r.setting, array_agg(row (c.context_feature, c.feature_value)::text order by c.context_feature) as conditions
         from rules r join conditions c on c.rule = r.id group by r.id, r.setting) as conditioned
      group by setting, conditions having count(*) > 1`,
  );
  expect(twins).toEqual([]);
}
