import { MemberSet, type Revision, type Ruleset, type SettingChange } from '@heksher/ruleset';
import { type LoadedRollout, nextRuleset, type StoredRule, withFeatures } from '@heksher/ruleset';
import { sliced } from '../../in-slices.js';
import { METADATA_OBJECT } from '../../sql-fragments.js';
import {
  FETCHED_AT_ONCE,
  headOf,
  querySnapshot,
  SELECT_FEATURES,
  type SettingRow,
  type SnapshotReader,
} from './loading.js';
import { pastTables } from './past-tables.js';
import { loadedRollout, type RolloutRow } from './rollouts-loading.store.js';
import { eachRule, loadInSnapshot } from './ruleset.store.js';

/**
 * The ruleset as it was at a revision, given a newer one: what the log names since then is read as it was, all else is shared.
 * Undefined where the log does not hold that revision any more.
 */
export async function readPast(
  snapshot: SnapshotReader,
  newer: Ruleset,
  revision: Revision,
): Promise<Ruleset | undefined> {
  const [known] = await querySnapshot<[isKnown: boolean, hasNewer: boolean]>(snapshot, IS_KNOWN, [
    revision.seq,
    revision.token,
    newer.revision.seq,
    newer.revision.token,
  ]);
  if (known?.[0] !== true) return undefined;
  const base = known[1] ? newer : await loadInSnapshot(snapshot);
  const touched = await readTouched(snapshot, revision);
  if (touched.isNothing) return { ...base, revision };
  const past = touched.hasFeatures ? await sliced(withFeatures(base, await readFeatures(snapshot, revision))) : base;
  const settings = await readSettings(snapshot, revision, touched.settings);
  const rules = await readRules(snapshot, revision, touched.rules);
  const rollouts = await readRollouts(snapshot, revision, past, touched.rollouts);
  const present = settings.map((row): SettingChange => {
    const [name] = row;
    const untouched = past.settings.get(name)?.rollouts.filter(({ id }) => !touched.rollouts.has(id)) ?? [];
    const all = [...untouched, ...(rollouts.get(name) ?? [])].sort((a, b) => a.id - b.id);
    return { head: headOf(row, all), base: name, rules: rules.get(name) ?? [] };
  });
  return sliced(nextRuleset(past, { revision, touched: touched.settings, present, touchedRules: touched.rules }));
}

/** Whether the log, or the revision row, has these revisions. */
const IS_KNOWN = `
  with known as (
    select k.seq, k.token from heksher_changes k where k.seq in ($1, $3)
     union all
    select r.seq, r.token from heksher_revision r)
  select exists (select from known k where k.seq = $1 and k.token = $2::uuid),
         exists (select from known k where k.seq = $3 and k.token = $4::uuid)`;

/** What entries after a revision are about: the names of settings, old and new, and ids. */
type Touched = Readonly<{
  isNothing: boolean;
  hasFeatures: boolean;
  settings: readonly string[];
  rules: ReadonlySet<number>;
  rollouts: ReadonlySet<number>;
}>;

const TOUCHED = `
  with touched as materialized (
    select distinct c."table",
           case c."table" when 'settings' then k.image ->> 'name' else coalesce(k.image ->> 'setting', c.setting) end as setting,
           case when c."table" = 'rules' then k.image ->> 'id'
                when c."table" in ('conditions', 'rule_metadata') then k.image ->> 'rule' end::integer as rule,
           case when c."table" = 'rollouts' then k.image ->> 'id'
                when c."table" like 'rollout\\_%' then k.image ->> 'rollout' end::integer as rollout
      from heksher_changes c
     cross join lateral (values (c.old), (c.new)) k (image)
     where c.seq > $1 and k.image is not null)
  select coalesce(bool_or(t."table" = 'context_features'), false), count(*)::integer,
         coalesce(array_agg(distinct t.setting) filter (where t.setting is not null), '{}'),
         coalesce(array_agg(distinct t.rule) filter (where t.rule is not null), '{}'),
         coalesce(array_agg(distinct t.rollout) filter (where t.rollout is not null), '{}')
    from touched t`;

async function readTouched(snapshot: SnapshotReader, { seq }: Revision): Promise<Touched> {
  type Row = [hasFeatures: boolean, count: number, settings: string[], rules: number[], rollouts: number[]];
  const [row] = await querySnapshot<Row>(snapshot, TOUCHED, [seq]);
  const [hasFeatures = false, count = 0, settings = [], rules = [], rollouts = []] = row ?? [];
  return { isNothing: count === 0, hasFeatures, settings, rules: new Set(rules), rollouts: new Set(rollouts) };
}

const FEATURES = `${pastTables({ context_features: 'true' })} ${SELECT_FEATURES}`;

async function readFeatures(snapshot: SnapshotReader, { seq }: Revision): Promise<readonly string[]> {
  return (await querySnapshot<[string]>(snapshot, FEATURES, [seq])).flat();
}

const OF_SETTING = 't.setting = any ($2::text[])';

/** By joins: a subquery for each setting would read all of a common table expression each time. */
const SETTINGS = `
  ${pastTables({
    settings: 't.name = any ($2::text[])',
    configurable: OF_SETTING,
    setting_aliases: OF_SETTING,
    setting_metadata: OF_SETTING,
  })}
  select s.name, s.type, s.version, s.default_value, coalesce(a.aliases, '{}'), coalesce(c.features, '{}'), m.metadata
    from settings s
    left join (select a.setting, array_agg(a.alias order by a.alias collate "C") as aliases
                 from setting_aliases a group by a.setting) a on a.setting = s.name
    left join (select c.setting, array_agg(c.context_feature) as features
                 from configurable c group by c.setting) c on c.setting = s.name
    left join (select m.setting, ${METADATA_OBJECT} as metadata
                 from setting_metadata m group by m.setting) m on m.setting = s.name`;

function readSettings(snapshot: SnapshotReader, { seq }: Revision, names: readonly string[]): Promise<SettingRow[]> {
  return querySnapshot<SettingRow>(snapshot, SETTINGS, [seq, names]);
}

const RULES = pastTables({
  context_features: 'true',
  rules: 't.id = any ($2::integer[])',
  conditions: 't.rule = any ($2::integer[])',
  rule_metadata: 't.rule = any ($2::integer[])',
});

/** By their settings. */
async function readRules(
  snapshot: SnapshotReader,
  { seq }: Revision,
  ids: ReadonlySet<number>,
): Promise<ReadonlyMap<string, readonly StoredRule[]>> {
  const rules = new Map<string, StoredRule[]>();
  if (ids.size === 0) return rules;
  const take = (setting: string, rule: StoredRule): void => {
    if (!rules.get(setting)?.push(rule)) rules.set(setting, [rule]);
  };
  await eachRule(snapshot, '', [seq, [...ids]], take, RULES);
  return rules;
}

const OF_ROLLOUT = 't.rollout = any ($2::integer[])';

const ROLLOUTS = `
  ${pastTables({
    context_features: 'true',
    rollouts: 't.id = any ($2::integer[])',
    rollout_conditions: OF_ROLLOUT,
    rollout_metadata: OF_ROLLOUT,
  })}
  select r.id, r.setting, r.feature, r.enabled, r.percentage, r.ramp, r.pattern, r.value, r.variants, r.hash, r.salt,
         coalesce(c.conditions, '[]'), m.metadata
    from rollouts r
    left join (select c.rollout, json_agg(json_build_array(c.context_feature, c.feature_value)
                                          order by f.index, f.name collate "C") as conditions
                 from rollout_conditions c join context_features f on f.name = c.context_feature
                group by c.rollout) c on c.rollout = r.id
    left join (select m.rollout, ${METADATA_OBJECT} as metadata
                 from rollout_metadata m group by m.rollout) m on m.rollout = r.id`;

/** By their settings. */
async function readRollouts(
  snapshot: SnapshotReader,
  { seq }: Revision,
  newer: Ruleset,
  ids: ReadonlySet<number>,
): Promise<ReadonlyMap<string, readonly LoadedRollout[]>> {
  const rollouts = new Map<string, LoadedRollout[]>();
  if (ids.size === 0) return rollouts;
  const membersOf = await readMembers(snapshot, seq, newer);
  for (const row of await querySnapshot<RolloutRow>(snapshot, ROLLOUTS, [seq, [...ids]])) {
    const [id, setting] = row;
    const rollout = loadedRollout(row, await membersOf(id));
    if (!rollouts.get(setting)?.push(rollout)) rollouts.set(setting, [rollout]);
  }
  return rollouts;
}

/** Which units the log names since then, and whether they were members. */
const MEMBERS = `
  declare past_members no scroll cursor for
  select distinct on (1, 2) (k.image ->> 'rollout')::integer, k.image ->> 'unit', k.which = 'old'
    from heksher_changes c
   cross join lateral (values ('old', c.old), ('new', c.new)) k (which, image)
   where c.seq > $1 and c."table" = 'rollout_members' and k.image is not null
   order by 1, 2, c.id, k.which = 'new'`;

type TouchedMembers = Readonly<{ units: string[]; present: Set<string> }>;

async function readMembers(
  snapshot: SnapshotReader,
  seq: string,
  newer: Ruleset,
): Promise<(rollout: number) => Promise<MemberSet>> {
  const touched = new Map<number, TouchedMembers>();
  await querySnapshot(snapshot, MEMBERS, [seq]);
  for (;;) {
    const text = `fetch ${FETCHED_AT_ONCE} from past_members`;
    const rows = await querySnapshot<[rollout: number, unit: string, isPresent: boolean]>(snapshot, text, []);
    if (rows.length === 0) break;
    for (const [rollout, unit, isPresent] of rows) {
      const known = touched.get(rollout) ?? { units: [], present: new Set<string>() };
      touched.set(rollout, known);
      known.units.push(unit);
      if (isPresent) known.present.add(unit);
    }
  }
  await querySnapshot(snapshot, 'close past_members', []);
  const now = new Map<number, MemberSet>();
  for (const { rollouts } of newer.settings.values()) for (const { id, members } of rollouts) now.set(id, members);
  return async (rollout) => {
    const members = now.get(rollout);
    const { units = [], present = new Set<string>() } = touched.get(rollout) ?? {};
    if (members === undefined) return sliced(MemberSet.inSteps(present, present.size));
    return units.length === 0 ? members : sliced(members.next(units, present));
  };
}
