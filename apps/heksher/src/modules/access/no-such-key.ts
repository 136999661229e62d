import { HeksherError, quoted } from '@heksher/core';

export function noSuchKey(selector: string): HeksherError {
  const message = `the key ${quoted(selector)} does not exist`;
  const entry = { field: 'id', parameter: 'id', code: 'key_not_found', message } as const;
  return new HeksherError('not_found', message, { errors: [entry] });
}
