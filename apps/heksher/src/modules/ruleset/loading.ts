import { HeksherError, jsonText } from '@heksher/core';
import { type DedicatedConnection, type Session } from '@heksher/database';
import { NO_METADATA, type Revision, type SettingHead } from '@heksher/ruleset';
import { selectMetadataObject } from '../../sql-fragments.js';

/** A connection with a statement timeout: readers wait for these statements. */
export type Reader<Connection = DedicatedConnection> = Readonly<{
  connection: Connection;
  checkTimeoutMs: number;
  loadTimeoutMs: number;
}>;

/** A reader within one transaction, which sees one snapshot. */
export type SnapshotReader = Reader<Session>;

export const SELECT_REVISION = 'select r.seq, r.token from heksher_revision r';

export function revisionOf([seq, token]: readonly (string | null | undefined)[] = []): Revision {
  if (seq != null && token != null) return { seq, token };
  throw new HeksherError('unavailable', 'the database holds no revision row');
}

/** In order, the most specific last. */
export const SELECT_FEATURES = `select f.name from context_features f order by f.index, f.name collate "C"`;

/** Rows fetched at a time: enough to be quick, few enough that reading them holds the event loop for some milliseconds only. */
export const FETCHED_AT_ONCE = 4_000;

/** What is read in a snapshot may be all there is, so that whole tables may be gone through. */
const BEGIN = 'begin transaction isolation level repeatable read read only; set local enable_seqscan = on';

/** On any error the session is discarded, and the transaction with it. */
export function inSnapshot<T>(reader: Reader, work: (snapshot: SnapshotReader) => Promise<T>): Promise<T> {
  const { connection, checkTimeoutMs, loadTimeoutMs } = reader;
  return connection.inOneSession(checkTimeoutMs, async (session) => {
    const begun = session.query({ text: BEGIN }, loadTimeoutMs);
    const result = await work({ ...reader, connection: within(begun, session) });
    await session.query({ text: 'commit' }, loadTimeoutMs);
    return result;
  });
}

/** Statements are sent at once, so that a connection that pipelines spares a round trip, and count only where the transaction has begun. */
function within(begun: Promise<unknown>, session: Session): Session {
  begun.catch(() => undefined);
  return {
    async query<Row extends unknown[]>(...asked: Parameters<Session['query']>): Promise<Row[]> {
      const [rows] = await Promise.all([session.query<Row>(...asked), begun]);
      return rows;
    },
  };
}

/** Rows as lists of their columns. */
export function querySnapshot<Row extends unknown[]>(
  { connection, loadTimeoutMs }: SnapshotReader,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return connection.query<Row>({ text, values }, loadTimeoutMs);
}

export type SettingRow = [
  name: string,
  type: string,
  version: string,
  defaultValue: string,
  aliases: string[],
  configurableFeatures: string[],
  metadata: string | null,
];

export const SELECT_SETTINGS = `
  select s.name, s.type, s.version, s.default_value,
         array(select a.alias from setting_aliases a where a.setting = s.name order by a.alias collate "C") as aliases,
         array(select c.context_feature from configurable c where c.setting = s.name) as configurable_features,
         ${selectMetadataObject('setting', 's.name')} as metadata
    from settings s`;

export function headOf(
  [name, type, version, defaultValue, aliases, configurableFeatures, metadata]: SettingRow,
  rollouts: SettingHead['rollouts'],
): SettingHead {
  return {
    name,
    type,
    version,
    defaultValue: jsonText(defaultValue),
    aliases,
    configurableFeatures,
    metadata: metadata === null ? NO_METADATA : jsonText(metadata),
    rollouts,
  };
}
