/** Times in milliseconds. */
export type Retries = Readonly<{ delaysMs: readonly number[] }>;

/** As Standard Webhooks advises: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
export const USUAL_DELAYS_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

const JITTER = 0.2;
const LONGEST_WAIT_MS = 86_400_000;

/**
 * How long to wait after so many failures of an event; undefined: it is given up. What the receiver asks for by `Retry-After` is
 * the least, up to a day.
 * @param random from 0 to 1
 */
export function delayAfter(
  failures: number,
  delaysMs: readonly number[],
  retryAfterMs: number,
  random = Math.random(),
): number | undefined {
  const delay = delaysMs[failures - 1];
  if (delay === undefined) return undefined;
  const jittered = delay * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, LONGEST_WAIT_MS)));
}

/** `Retry-After` as milliseconds from now: seconds, or a date of HTTP. What cannot be read asks for nothing. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
