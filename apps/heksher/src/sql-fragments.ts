/** A thing that has conditions: its table of them, and the column there that refers to it. */
const CONDITIONS = {
  rule: 'conditions',
  rollout: 'rollout_conditions',
} as const;

const METADATA = {
  setting: 'setting_metadata',
  rule: 'rule_metadata',
  rollout: 'rollout_metadata',
} as const;

/** The conditions of the owner that `id` names, in feature order: a JSON array of pairs of feature and value. */
export function selectConditions(owner: keyof typeof CONDITIONS, id: string): string {
  return `
         (select coalesce(json_agg(json_build_array(c.context_feature, c.feature_value)
                                   order by f.index, f.name collate "C"), '[]')
            from ${CONDITIONS[owner]} c
            join context_features f on f.name = c.context_feature
           where c.${owner} = ${id})`;
}

/** The metadata of the owner that `id` names, sorted by key: a JSON array of pairs of key and JSON text. */
export function selectMetadata(owner: keyof typeof METADATA, id: string): string {
  return `
         (select coalesce(json_agg(json_build_array(m.key, m.value::text) order by m.key collate "C"), '[]')
            from ${METADATA[owner]} m
           where m.${owner} = ${id})`;
}

/** Rows `m` of metadata as the text of one JSON object, its values as they are stored; null if there are no rows. */
export const METADATA_OBJECT = `'{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' order by m.key collate "C") || '}'`;

/** The metadata of the owner that `id` names, as METADATA_OBJECT. */
export function selectMetadataObject(owner: keyof typeof METADATA, id: string): string {
  return `(select ${METADATA_OBJECT} from ${METADATA[owner]} m where m.${owner} = ${id})`;
}
