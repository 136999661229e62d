import { readFileSync } from 'node:fs';
import { HeksherError } from '@heksher/core';

/** The service's own version, from its package.json. */
export const HEKSHER_VERSION = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string') {
    return parsed.version;
  }
  throw new HeksherError('invalid', 'package.json of the service names no version');
}
