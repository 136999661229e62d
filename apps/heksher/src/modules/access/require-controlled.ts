import { notAcceptable } from '@heksher/core';
import { type Caller } from '../../caller.js';

/** Else whoever reaches the service before access is controlled could leave something for later. */
export function requireControlled({ principal }: Caller, hint?: string): void {
  if (principal !== undefined) return;
  const message = 'access is not controlled here: HEKSHER_AUTH=on controls it';
  throw notAcceptable(hint === undefined ? message : `${message}; ${hint}`, { field: 'request' });
}
