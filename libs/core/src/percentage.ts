import { BUCKETS } from './bucketing.js';
import { invalid, quoted, shortened } from './errors.js';
import { parseInstant } from './instant.js';

/** What a rollout admits, in thousandths of a percent; a ramp moves in a straight line, by the clock alone. */
export type Share =
  | Readonly<{ kind: 'fixed'; thousandths: number }>
  | Readonly<{ kind: 'ramp'; startMs: number; endMs: number; fromThousandths: number; toThousandths: number }>;

/**
 * Reads a percentage into thousandths of a percent: 33.333 is 33333. The shortest decimal text of the number counts, so
 * that 0.1 + 0.2, which is not 0.3, is refused. Throws 'invalid'; `field` names the percentage there.
 */
export function parsePercentage(value: number, field = 'percentage'): number {
  const match = /^([0-9]{1,3})(?:\.([0-9]{1,3}))?$/.exec(String(value));
  const [whole, decimals = ''] = match?.slice(1) ?? [];
  const thousandths = Number(whole) * 1000 + Number(decimals.padEnd(3, '0'));
  if (whole !== undefined && thousandths <= BUCKETS) return thousandths;
  const accepted = 'a number from 0 to 100 with at most three decimals, such as 33.333';
  throw invalid(`${value} is not a percentage; accepted: ${accepted}`, field);
}

/** The inverse of parsePercentage. */
export function formatPercentage(thousandths: number): number {
  return thousandths / 1000;
}

/** Reads the members of a ramp, which may start and end at the same time; others are ignored. Throws 'invalid'. */
export function parseRamp(given: Readonly<Record<string, unknown>>): Share {
  const { start, end, from, to } = given;
  if (typeof start !== 'string' || typeof end !== 'string' || typeof from !== 'number' || typeof to !== 'number') {
    const accepted = '{start, end, from, to} with two RFC 3339 times and two percentages';
    throw invalid(`ramp must be ${accepted}; given: ${shortened(JSON.stringify(given))}`, 'ramp');
  }
  const startMs = parseInstant(start, 'ramp.start');
  const endMs = parseInstant(end, 'ramp.end');
  if (endMs < startMs) {
    throw invalid(`the ramp ends at ${quoted(end)}, before its start at ${quoted(start)}`, 'ramp.end');
  }
  const fromThousandths = parsePercentage(from, 'ramp.from');
  return { kind: 'ramp', startMs, endMs, fromThousandths, toThousandths: parsePercentage(to, 'ramp.to') };
}

/**
 * The share in thousandths of a percent: up to its start what a ramp starts from, from its end on what it leads to, and
 * between them the straight line, rounded down.
 */
export function shareAt(share: Share, nowMs: number): number {
  if (share.kind === 'fixed') return share.thousandths;
  const { startMs, endMs, fromThousandths, toThousandths } = share;
  if (nowMs >= endMs) return toThousandths;
  if (nowMs <= startMs) return fromThousandths;
  const rise = scale(toThousandths - fromThousandths, Math.floor(nowMs) - startMs, endMs - startMs);
  return fromThousandths + rise;
}

/** The least and the greatest share from `nowMs` on, for ever. */
export function shareBounds(share: Share, nowMs: number): Readonly<{ least: number; greatest: number }> {
  const now = shareAt(share, nowMs);
  const last = share.kind === 'fixed' ? now : share.toThousandths;
  return { least: Math.min(now, last), greatest: Math.max(now, last) };
}

/** floor(factor · part / whole), exact also where the product is too large for a double, as in ramps over years. */
function scale(factor: number, part: number, whole: number): number {
  const product = factor * part;
  if (!Number.isSafeInteger(product)) {
    // BigInt rounds towards zero; below zero, floor is what the other end loses.
    const magnitude = BigInt(Math.abs(factor)) * BigInt(part);
    if (factor >= 0) return Number(magnitude / BigInt(whole));
    return -Number((magnitude + BigInt(whole) - 1n) / BigInt(whole));
  }
  const rest = product % whole;
  const quotient = (product - rest) / whole;
  return rest < 0 ? quotient - 1 : quotient;
}
