import { formatVersion, type JsonText, parseStoredVersion } from '@heksher/core';
import { type EntityManager } from 'typeorm';

type SummaryRow = { name: string; type: string; default_value: JsonText; version: string };
type FullRow = SummaryRow & { features: string | null; metadata: string | null; aliases: string | null };

const SUMMARY = 's.name, s.type, s.default_value, s.version';

const LIST_SUMMARIES = `select ${SUMMARY} from settings s order by s.name collate "C"`;

/** PostgreSQL writes the JSON of lists and metadata: to parse and write it again would hold up everybody else. */
const LIST_IN_FULL = `
  with features as (
         select c.setting, string_agg(to_json(c.context_feature)::text, ',' order by f.index, f.name collate "C") as items
           from configurable c join context_features f on f.name = c.context_feature
          group by c.setting),
       notes as (
         select m.setting, string_agg(to_json(m.key)::text || ':' || m.value::text, ',' order by m.key collate "C") as items
           from setting_metadata m
          group by m.setting),
       others as (
         select a.setting, string_agg(to_json(a.alias)::text, ',' order by a.alias collate "C") as items
           from setting_aliases a
          group by a.setting)
  select ${SUMMARY}, features.items as features, notes.items as metadata, others.items as aliases
    from settings s
    left join features on features.setting = s.name
    left join notes on notes.setting = s.name
    left join others on others.setting = s.name
   order by s.name collate "C"`;

/** A setting of the list as JSON, made when it is asked for. */
export type SettingText = () => string;

/** The settings that are to be listed, sorted by name, in short or in full. */
export async function listSettingTexts(
  db: EntityManager,
  inFull: boolean,
  isListed: (name: string) => boolean,
): Promise<readonly SettingText[]> {
  if (inFull) {
    const rows: FullRow[] = await db.query(LIST_IN_FULL);
    return rows.filter(({ name }) => isListed(name)).map((row) => () => `{${summaryOf(row)},${restOf(row)}}`);
  }
  const rows: SummaryRow[] = await db.query(LIST_SUMMARIES);
  return rows.filter(({ name }) => isListed(name)).map((row) => () => `{${summaryOf(row)}}`);
}

function summaryOf({ name, type, default_value, version }: SummaryRow): string {
  const versionText = formatVersion(parseStoredVersion(version));
  return `"name":${JSON.stringify(name)},"type":${JSON.stringify(type)},"default_value":${default_value},"version":"${versionText}"`;
}

function restOf({ features, metadata, aliases }: FullRow): string {
  return `"configurable_features":[${features ?? ''}],"metadata":{${metadata ?? ''}},"aliases":[${aliases ?? ''}]`;
}
