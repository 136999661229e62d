import { type RedisConnection } from './connection.js';

/**
 * The names in keys of the form prefix{name}suffix, sorted. In braces, since a cluster keeps all keys with the same text
 * there on one server. By SCAN, which, unlike KEYS, lets others be served meanwhile.
 */
export async function scanNames(
  connection: RedisConnection,
  prefix: string,
  suffix: string,
): Promise<readonly string[]> {
  const match = `${`${prefix}{`.replace(/[\\*?[\]]/g, '\\$&')}*}${suffix}`;
  const names = new Set<string>();
  let cursor = '0';
  do {
    const reply = await connection.command(['SCAN', cursor, 'MATCH', match, 'COUNT', '1000', 'TYPE', 'string']);
    const [next, keys] = reply as [unknown, readonly unknown[]];
    for (const key of keys) names.add(String(key).slice(prefix.length + 1, -1 - suffix.length));
    cursor = String(next);
  } while (cursor !== '0');
  return [...names].sort();
}
