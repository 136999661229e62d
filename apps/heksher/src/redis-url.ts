import { HeksherError } from '@heksher/core';

/** The address of a Redis, as it was given. Throws 'invalid', and shows nothing of it, since it may have a password. */
export function requireRedisUrl(text: string): string {
  const { protocol, hostname, pathname } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  const isRedis = protocol === 'redis:' || protocol === 'rediss:';
  if (isRedis && hostname !== '' && /^\/?\d*$/.test(pathname ?? '')) return text;
  throw new HeksherError('invalid', 'must be the address of a Redis, such as redis://user:password@redis:6379/0');
}
