import { parseArgs } from 'node:util';
import { type DatabaseAddress, parseConnectionString } from '@heksher/database';

/** What the command line and the environment ask for. */
export type Options = Readonly<{
  only: readonly string[] | undefined;
  isQuick: boolean;
  /** Undefined: wrk where it is installed, else autocannon. */
  load: string | undefined;
  /** Undefined: an embedded server. */
  database: DatabaseAddress | undefined;
}>;

export const USAGE = `usage: npm run bench -- [--only <name,...>] [--quick] [--load wrk|autocannon]
  --only   these measurements; nothing is written
  --quick  one short pair of each, to see that it works; nothing is written
  --load   the load generator; wrk where it is installed, else autocannon
HEKSHER_BENCH_DB_CONNECTION_STRING names a PostgreSQL server to make databases on; unset: the embedded one.`;

/** Throws an error whose message is for the caller where something is not known. */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, quick: { type: 'boolean' }, load: { type: 'string' } },
  });
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no measurement "${unknown}" (have: ${names.join(', ')})`);
  if (values.load !== undefined && !['wrk', 'autocannon'].includes(values.load)) {
    throw new Error(`cannot load with "${values.load}" (have: wrk, autocannon)`);
  }
  const given = process.env['HEKSHER_BENCH_DB_CONNECTION_STRING'];
  return {
    only,
    isQuick: values.quick ?? false,
    load: values.load,
    database: given ? parseConnectionString(given) : undefined,
  };
}
