import { type Api } from '../service/use-service.js';

/** Whole numbers from 0 below `limit`, the same ones for the same seed. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed + 1;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** The seeds of so many histories: from 0 on, or from `HEKSHER_TEST_SEED` on, which may be "random". */
export function seedsOf(histories: number): readonly number[] {
  const given = process.env['HEKSHER_TEST_SEED'] ?? '0';
  const first = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  if (!Number.isInteger(first)) throw new Error(`HEKSHER_TEST_SEED is "${given}", not a whole number or "random".`);
  return Array.from({ length: histories }, (_, index) => first + index);
}

type Context = Readonly<{ api: Api; random: (limit: number) => number; isByApi?: boolean }>;

const JSON_VALUES = [
  '1',
  '1.50',
  '"text \\u00e9"',
  '[1, {"a": null}]',
  '{"b": 1, "a": [true]}',
  '12345678901234567890',
];

/** A transaction of some kind, by the API, or if not `isByApi` perhaps by SQL as another writer would write it; it may come to nothing. */
export async function someTransaction({ api, random, isByApi = false }: Context): Promise<void> {
  const name = (): string => `s${random(4)}`;
  const id = (): number => 1 + random(8);
  const feature = (): string => `f${random(4)}`;
  const value = (): string => `v${random(3)}`;
  const json = (): string => JSON_VALUES[random(JSON_VALUES.length)] ?? '1';
  const units = (): string[] => Array.from({ length: 1 + random(5) }, () => `u${random(9)}`);
  const sql = (...statements: readonly string[]): Promise<unknown> =>
    api.sql(`begin; ${statements.join('; ')}; commit`).catch(() => api.sql('rollback'));
  const byApi = [
    () => api.post('/context_features', { context_feature: feature() }),
    () => api.patch(`/context_features/${feature()}/index`, { to_before: feature() }),
    () => api.delete(`/context_features/${feature()}`),
    () => api.post('/settings/declare', { name: name(), type: 'int', default_value: random(9), configurable_features: ['f0', 'f1'], metadata: { a: random(3) } }), // prettier-ignore
    () => api.put(`/settings/${name()}/name`, { name: name(), version: `${1 + random(3)}.${random(9)}` }),
    () => api.put(`/settings/${name()}/configurable_features`, { configurable_features: ['f0', 'f1', 'f2'], version: `${2 + random(5)}.0` }), // prettier-ignore
    () => api.post(`/settings/${name()}/metadata`, { metadata: { [feature()]: value() }, version: `9.${random(99)}` }),
    () => api.delete(`/settings/${name()}`),
    () => api.post('/rules', { setting: name(), feature_values: { f0: value(), ...(random(2) && { f1: value() }) }, value: random(9), metadata: { m: random(9) } }), // prettier-ignore
    () => api.put(`/rules/${id()}`, { feature_values: { f1: value() }, value: random(9) }),
    () => api.put(`/rules/${id()}/value`, { value: random(9) }),
    () => api.put(`/rules/${id()}/metadata/${feature()}`, { value: random(9) }),
    () => api.delete(`/rules/${id()}`),
    () => api.put(`/settings/${name()}/override`, { value: random(9) }),
    () => api.delete(`/settings/${name()}/override`),
    () => api.post('/rollouts', { setting: name(), feature: 'f0', feature_values: { f1: value() }, percentage: random(101), value: random(9), members: units(), metadata: { x: 1 } }), // prettier-ignore
    () => api.patch(`/rollouts/${1 + random(4)}`, { percentage: random(101) / 4, metadata: { y: value() } }),
    () => api.patch(`/rollouts/${1 + random(4)}`, { feature_values: { f1: value() } }),
    () => api.post(`/rollouts/${1 + random(4)}/members`, { add: units() }),
    () => api.post(`/rollouts/${1 + random(4)}/members`, { remove: units() }),
    () => api.delete(`/rollouts/${1 + random(4)}`),
  ];
  const bySql = [
    () => sql(`update rules set value = (${random(9)})::text where id % 2 = ${random(2)}`, `update conditions set feature_value = '${value()}' where rule = ${id()}`), // prettier-ignore
    () => sql(`update settings set name = 't${random(3)}' where name = '${name()}'`),
    () => sql(`update settings set name = '${name()}' where name = 't${random(3)}'`, `insert into setting_aliases (setting, alias) select name, 'alias${random(5)}' from settings limit 1`), // prettier-ignore
    () => sql(`delete from settings where name = '${name()}'`, `insert into settings values ('${name()}', 'int', '5', '1.0')`), // prettier-ignore
    () => sql(`update rules set setting = '${name()}' where id = ${id()}`),
    () => sql(`update rules set id = id + 20 where id = ${id()}`, `update rules set id = id - 20 where id > 20 and not exists (select from rules r where r.id = rules.id - 20)`), // prettier-ignore
    () => sql(`update rollouts set id = id + 1000 where id = ${1 + random(4)}`, `update rollouts set setting = '${name()}' where id < 1000`), // prettier-ignore
    () => sql(`insert into rule_metadata (rule, key, value) values (${id()}, 'odd', '${json()}') on conflict (rule, key) do update set value = excluded.value`), // prettier-ignore
    () => sql(`insert into setting_metadata (setting, key, value) select name, 'odd', '${json()}' from settings on conflict (setting, key) do update set value = excluded.value`), // prettier-ignore
    () => sql('truncate conditions'),
    () => sql('truncate rule_metadata, rollout_members'),
    () => sql('truncate rules cascade'),
    () => sql('truncate rollouts cascade', `update settings set default_value = '${random(99)}'`),
    () => sql('truncate settings cascade'),
    () => sql(`update rollout_members set unit = unit || 'x' where rollout = ${1 + random(4)}`),
    () => sql(`update settings set version = version where false`),
  ];
  // The truncations of everything are rare, or nothing else would be seen.
  const chosen =
    isByApi || random(10) < 6 ? byApi[random(byApi.length)] : bySql[random(random(6) === 0 ? bySql.length : 9)];
  await chosen?.();
}
