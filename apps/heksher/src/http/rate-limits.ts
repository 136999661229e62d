import { type IncomingMessage } from 'node:http';
import { HeksherError } from '@heksher/core';
import { networkOf } from './addresses.js';
import { ownerOf } from '../access/principal.js';
import { type Admission } from './admission.js';
import { type Ending, type Step } from './entrance.js';
import { formatRate, type Rate } from './rate.js';
import { type Taken } from './token-buckets.js';

/** How often may be asked; undefined: as often as anybody likes. */
export type RateOptions = Readonly<{
  /** By each of those who are known. */
  perPrincipal: Rate | undefined;
  /** From each address by those who are not; public keys have rates of their own. */
  perAddress: Rate | undefined;
}>;

/** The request comes too soon. */
export class RateLimited extends HeksherError {
  constructor(
    message: string,
    readonly retryAfterS: number,
  ) {
    super('rate_limited', message, { errors: [{ field: 'request', message, code: 'rate_limited' }] });
  }
}

/** See `TokenBuckets.take`; a promise where that must be asked for. */
type Buckets = Readonly<{ take(key: string, rate: Rate): Taken | Promise<Taken> }>;

/** What a request counts against. */
type Quota = Readonly<{ policy: string; key: string; rate: Rate }>;

/**
 * Lets requests go on as often as is allowed. Those that are refused for want of good credentials count as those of their address, so that
 * nobody can try many; probes of health do not count.
 * @param authenticate the step that finds out who asks, if any
 */
export function rateLimited(options: RateOptions, buckets: Buckets, authenticate?: Step): Step {
  const isForPagesOnly = options.perPrincipal === undefined && options.perAddress === undefined;
  const limit = (
    admission: Admission,
    ending: Ending | undefined,
  ): Ending | undefined | Promise<Ending | undefined> => {
    if (isForPagesOnly && admission.caller.principal?.page === undefined) return ending;
    const quota = admission.area.name === 'health' ? undefined : quotaOf(admission, options);
    if (quota === undefined) return ending;
    const taken = buckets.take(quota.key, quota.rate);
    if (taken instanceof Promise) return taken.then((found) => spent(quota, found, admission) ?? ending);
    return spent(quota, taken, admission) ?? ending;
  };
  return (request: IncomingMessage, admission: Admission) => {
    const ending = authenticate?.(request, admission);
    return ending instanceof Promise ? ending.then((ended) => limit(admission, ended)) : limit(admission, ending);
  };
}

function quotaOf({ caller }: Admission, { perPrincipal, perAddress }: RateOptions): Quota | undefined {
  const { actor, principal, client } = caller;
  if (principal?.page !== undefined && principal.proof.kind === 'key') {
    const key = `key ${principal.proof.selector} ${networkOf(client?.() ?? '')}`;
    return { policy: 'key', key, rate: principal.page.rate };
  }
  const owner = principal === undefined ? '' : ownerOf(principal);
  if (actor !== undefined && principal?.kind !== 'anyone')
    return perPrincipal && { policy: 'principal', key: `principal ${owner} ${actor}`, rate: perPrincipal };
  if (perAddress === undefined) return undefined;
  return { policy: 'address', key: `address ${networkOf(client?.() ?? '')}`, rate: perAddress };
}

/**
 * The headers are those of draft-ietf-httpapi-ratelimit-headers-11: `t` says when all of the quota is there again, and beside `Retry-After` the same
 * as that.
 */
function spent(
  { policy, rate }: Quota,
  { remaining, fullInMs, waitMs }: Taken,
  { headers }: Admission,
): Ending | undefined {
  const seconds = Math.ceil((waitMs === 0 ? fullInMs : waitMs) / 1_000);
  headers.push('RateLimit-Policy', `"${policy}";q=${rate.requests};w=${rate.windowS}`);
  headers.push('RateLimit', `"${policy}";r=${remaining};t=${seconds}`);
  if (waitMs === 0) return undefined;
  const message = `this is asked more often than is allowed (${formatRate(rate)}); try again after ${seconds} s`;
  return { error: new RateLimited(message, seconds) };
}
