import { readFileSync } from 'node:fs';
import { HeksherError } from '@heksher/core';
import { packagePath } from './package-files.js';

/** The service's own version, from its package.json. */
export const HEKSHER_VERSION = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string') {
    return parsed.version;
  }
  throw new HeksherError('invalid', 'package.json of the service names no version');
}
