import { invalid, quoted } from '@heksher/core';

/** So many requests in so many seconds: all of them may come at once, and as time goes by as many may come again. */
export type Rate = Readonly<{ requests: number; windowS: number }>;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
const LONGEST_WINDOW_S = 86_400;

export const RATE_RULE = 'a number of requests, a slash and a time of at most a day, such as 20/s, 600/m or 100/10s';

/** Reads `20/s`, `600/m`, `1000/h` or `100/10s`. Throws 'invalid'. */
export function parseRate(text: string): Rate {
  const [, requests, count, unit = ''] = /^(\d{1,9})\/(\d{1,5})?([smh])$/.exec(text) ?? [];
  const rate = { requests: Number(requests), windowS: Number(count ?? 1) * (SECONDS[unit] ?? NaN) };
  if (rate.requests >= 1 && rate.windowS >= 1 && rate.windowS <= LONGEST_WINDOW_S) return rate;
  throw invalid(`${quoted(text)} is no rate; accepted: ${RATE_RULE}`);
}

/** As `parseRate` reads it. */
export function formatRate({ requests, windowS }: Rate): string {
  const [unit = 's', seconds = 1] = Object.entries(SECONDS).find(([, length]) => length === windowS) ?? [];
  return windowS === seconds ? `${requests}/${unit}` : `${requests}/${windowS}s`;
}
