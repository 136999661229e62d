import { invalid } from '@heksher/core';
import { type Caller } from '../caller.js';

/**
 * The caller of an operation that looks at no conditions: one that is not looked at must not seem to hold. Throws `invalid`.
 * @param what the operations are about, in the plural
 * @param instead what to do
 */
export function unconditional(caller: Caller, what: string, instead = ''): Caller {
  const { precondition, ifRevision } = caller;
  if (precondition === undefined && ifRevision === undefined) return caller;
  const message = `${what} are written without conditions: leave If-Match, If-None-Match and Heksher-If-Revision out${instead}`;
  throw invalid(message, 'request', { code: 'unsupported' });
}
