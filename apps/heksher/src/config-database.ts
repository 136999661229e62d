import { readFile } from 'node:fs/promises';
import { type DatabaseAddress, parseConnectionString } from '@heksher/database';
import { type EnvironmentReader } from './environment.js';

/** Undefined: the embedded server. A secret that was lost must not bring up an empty database in its place. */
export function readDatabase(reader: EnvironmentReader, docOnly: boolean): DatabaseAddress | undefined {
  const name = 'HEKSHER_DB_CONNECTION_STRING';
  const isGiven = reader.text(name, '') !== '';
  const address = docOnly ? undefined : reader.parsed(name, parseConnectionString);
  const isProduction =
    reader.text('NODE_ENV', '') === 'production' || reader.text('KUBERNETES_SERVICE_HOST', '') !== '';
  const embedded = reader.boolean('HEKSHER_EMBEDDED', !isProduction && !reader.isSet(name));
  if (docOnly) return undefined;
  if (isGiven && reader.isSet('HEKSHER_EMBEDDED') && embedded)
    reader.problem(
      'HEKSHER_EMBEDDED',
      `asks for the embedded PostgreSQL, and ${name} names another: only one of them can hold`,
    );
  if (!isGiven && !embedded)
    reader.problem(
      name,
      `${reader.isSet(name) ? 'is empty' : 'is not set'}: name a database, as postgresql://user:password@host:port/database; ` +
        'the embedded PostgreSQL, which is for trying out, is used here only where HEKSHER_EMBEDDED=true asks for it',
    );
  const file = reader.fileOf(name);
  if (address === undefined || file === undefined) return address;
  return {
    ...address,
    currentPassword: async () => parseConnectionString((await readFile(file, 'utf8')).trim()).password,
  };
}
