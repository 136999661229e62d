import { HeksherError, jsonText } from '@heksher/core';
import { type DedicatedConnection, type Session } from '@heksher/database';
import { type Revision, type SettingHead } from '@heksher/ruleset';

/** A connection with the time its statements may take: reads that others wait for must not take forever. */
export type Reader<Connection = DedicatedConnection> = Readonly<{
  connection: Connection;
  checkTimeoutMs: number;
  loadTimeoutMs: number;
}>;

/** A reader within one transaction: all it sees is of one moment. */
export type SnapshotReader = Reader<Session>;

export const SELECT_REVISION = 'select r.seq, r.token from heksher_revision r';

export function revisionOf([seq, token]: readonly (string | null | undefined)[] = []): Revision {
  if (seq != null && token != null) return { seq, token };
  throw new HeksherError('unavailable', 'the database holds no revision row');
}

export type SettingRow = [name: string, type: string, version: string, defaultValue: string, aliases: string[]];

export const SELECT_SETTINGS = `
  select s.name, s.type, s.version, s.default_value,
         array(select a.alias from setting_aliases a where a.setting = s.name order by a.alias collate "C") as aliases
    from settings s`;

export function headOf(
  [name, type, version, defaultValue, aliases]: SettingRow,
  rollouts: SettingHead['rollouts'],
): SettingHead {
  return { name, type, version, defaultValue: jsonText(defaultValue), aliases, rollouts };
}
