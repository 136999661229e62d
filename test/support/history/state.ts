import { type Api } from '../service/use-service.js';

/** Everything that reads show of settings, rules, rollouts and features, but for ids. */
export async function stateOf(api: Api): Promise<unknown> {
  const settings = await api.get('/settings?include_additional_data=true');
  const rules = await api.sql(
    `select * from (
     select r.setting, r.value, (select json_object_agg(c.context_feature, c.feature_value order by c.context_feature) from conditions c where c.rule = r.id) as conditions,
            (select json_object_agg(m.key, m.value order by m.key) from rule_metadata m where m.rule = r.id) as metadata
       from rules r) rule order by setting, conditions::text, value`,
  );
  const rollouts = await api.sql(
    `select * from (
     select r.setting, r.feature, (select json_object_agg(c.context_feature, c.feature_value order by c.context_feature) from rollout_conditions c where c.rollout = r.id) as conditions,
            r.percentage, r.ramp, r.value, r.variants, r.pattern, r.enabled, r.salt,
            (select json_object_agg(m.key, m.value order by m.key) from rollout_metadata m where m.rollout = r.id) as metadata,
            (select json_agg(m.unit order by m.unit) from rollout_members m where m.rollout = r.id) as members
       from rollouts r) rollout order by setting, feature, conditions::text`,
  );
  const features = await api.get('/context_features');
  return [settings.body, rules, rollouts, features.body];
}
