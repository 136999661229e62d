import { type Condition, jsonText } from '@heksher/core';
import { type Session } from '@heksher/database';
import { selectConditions, selectMetadataObject } from '../../sql-fragments.js';
import { revisionOf, SELECT_FEATURES, SELECT_SETTINGS, type SettingRow } from './loading.js';
import { NO_METADATA, type Revision, type StoredRule } from '@heksher/ruleset';

/**
 * What became of all since a revision: `few` changes are listed; of `many` there are too many entries in the log to list them
 * here; else `all` is to be loaded, since the log no longer holds that very revision, or something touched everything.
 */
export type Changes =
  FewChanges | Readonly<{ kind: 'many'; revision: Revision }> | Readonly<{ kind: 'all'; revision: Revision }>;

export type FewChanges = Readonly<{
  kind: 'few';
  revision: Revision;
  /** The context features in order, where they changed. */
  features: readonly string[] | undefined;
  /** Whether rollouts, their conditions, members or metadata changed. */
  hasRollouts: boolean;
  /** Names of settings, old and new, whose own row, aliases, features, metadata, rules or rollouts changed. */
  settings: readonly string[];
  /** Ids of rules that came, went, or changed in themselves, their conditions or their metadata. */
  rules: ReadonlySet<number>;
  /** Of these settings and rules those that there are. */
  presentSettings: readonly SettingRow[];
  presentRules: ReadonlyMap<string, readonly StoredRule[]>;
}>;

type ChangesRow = [
  seq: string,
  token: string,
  isContinued: boolean,
  isFew: boolean,
  features: string[] | null,
  hasRollouts: boolean,
  settings: string[],
  rules: number[],
  presentSettings: SettingRow[],
  presentRules: RuleRow[],
];

type RuleRow = [id: number, setting: string, value: string, conditions: Condition[], metadata: string | null];

/** Maximum number of log entries that one statement reads one by one. */
const FEW_ENTRIES = 5_000;

/**
 * One statement, so that it needs no transaction to see one moment. A condition whose rule went with it names no setting;
 * the rule's own entry does. Subqueries
 * rather than joins: whatever the statistics say, the plan goes from each rule to what it has; and with `offset 0` from each name and id to
 * its row, or it would compare each row of a table with all of them. The limit makes
 * the planner expect one row of revision, and the second bound few entries: with one bound it reads all of the log after a
 * bulk load, until its statistics are new.
 */
const CHANGES = `
  with state as materialized (
    select r.seq, r.token,
           exists (select from heksher_changes k where k.seq = $1 and k.token = $2) and not since.touches_all as is_continued,
           since.entries <= ${FEW_ENTRIES} as is_few, since.has_features, since.has_rollouts
      from heksher_revision r
     cross join lateral (
             select count(*) as entries,
                    coalesce(bool_or(c.op = 'truncate' or (c."table" = 'context_features' and c.op = 'update'
                                                           and c.old ->> 'name' <> c.new ->> 'name')), false) as touches_all,
                    coalesce(bool_or(c."table" = 'context_features' and c.op <> 'statement'), false) as has_features,
                    coalesce(bool_or(c."table" like 'rollout%'), false) as has_rollouts
               from (select c.*
                       from heksher_changes c
                      where c.seq > $1 and c.seq <= r.seq
                      limit ${FEW_ENTRIES + 1}) c) since
     limit 1),
  touched as materialized (
    select distinct entry.setting, entry.rule
      from state
     cross join heksher_changes c
     cross join lateral (values (c.old), (c.new)) as image (row)
     cross join lateral (
             select case when c."table" = 'settings' then image.row ->> 'name'
                         when c."table" not in ('rules', 'rollouts', 'setting_aliases', 'configurable', 'setting_metadata')
                         then c.setting
                         else image.row ->> 'setting' end as setting,
                    case when c."table" = 'rules' then image.row ->> 'id'
                         else image.row ->> 'rule' end::integer as rule) as entry
     where state.is_continued
       and state.is_few
       and c.seq > $1 and c.seq <= state.seq
       and c."table" in ('settings', 'setting_aliases', 'configurable', 'setting_metadata',
                         'rules', 'conditions', 'rule_metadata', 'rollouts', 'rollout_conditions', 'rollout_members',
                         'rollout_metadata')
       and image.row is not null
       and entry.setting is not null),
  named as materialized (
    select array(select distinct t.setting from touched t) as settings,
           array(select distinct t.rule from touched t where t.rule is not null) as rules)
  select state.seq, state.token, state.is_continued, state.is_few,
         case when state.has_features then array(${SELECT_FEATURES}) end, state.has_rollouts,
         named.settings, named.rules,
         (select coalesce(json_agg(json_build_array(s.name, s.type, s.version, s.default_value, s.aliases,
                                                            s.configurable_features, s.metadata)), '[]')
            from unnest(named.settings) named (setting)
           cross join lateral (${SELECT_SETTINGS} where s.name = named.setting offset 0) s),
         (select coalesce(json_agg(json_build_array(r.id, r.setting, r.value,
                   ${selectConditions('rule', 'r.id')},
                   ${selectMetadataObject('rule', 'r.id')})), '[]')
            from unnest(named.rules) named (rule)
           cross join lateral (select r.* from rules r where r.id = named.rule offset 0) r)
    from state
   cross join named`;

/** What the log says since `since`. */
export async function readChanges(session: Session, since: Revision, timeoutMs: number): Promise<Changes> {
  const statement = { name: 'changes', text: CHANGES, values: [since.seq, since.token] };
  const [row] = await session.query<ChangesRow>(statement, timeoutMs);
  const [seq, token, isContinued, isFew, features, hasRollouts, settings, rules, presentSettings, presentRules] =
    row ?? [];
  const revision = revisionOf([seq, token]);
  if (isContinued !== true) return { kind: 'all', revision };
  if (isFew !== true) return { kind: 'many', revision };
  return {
    kind: 'few',
    revision,
    features: features ?? undefined,
    hasRollouts: hasRollouts === true,
    settings: settings ?? [],
    rules: new Set(rules),
    presentSettings: presentSettings ?? [],
    presentRules: bySetting(presentRules ?? []),
  };
}

function bySetting(rows: readonly RuleRow[]): ReadonlyMap<string, readonly StoredRule[]> {
  const rules = new Map<string, StoredRule[]>();
  for (const [id, setting, value, conditions, text] of rows) {
    const rule = { id, value, conditions, metadata: text === null ? NO_METADATA : jsonText(text) };
    if (!rules.get(setting)?.push(rule)) rules.set(setting, [rule]);
  }
  return rules;
}
