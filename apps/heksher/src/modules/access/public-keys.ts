import { HeksherError, invalid, pointerTo, quoted } from '@heksher/core';
import { formatGrant, type Grant } from '../../access/grants.js';
import { type PageUse } from '../../access/principal.js';
import { allowsOrigin, type CorsOrigins, joinOrigins, parseCorsOrigins } from '../../http/cors.js';
import { readEach, type Reader } from '../../http/parsed.js';
import { formatRate, parseRate, type Rate, RATE_RULE } from '../../http/rate.js';
import { show, text, unacceptable } from '../../http/readers.js';

/** Where a key may be used that pages show to everybody, and how often from each address. */
export type PublicUse = Readonly<{ origins: readonly string[]; rate: Rate | undefined }>;

const MOST_ORIGINS = 20;
const USUAL_RATE: Rate = { requests: 600, windowS: 60 };

const ORIGIN_LIST = `a list of at most ${MOST_ORIGINS} origins such as https://app.example.com or https://*.example.org`;

export const originList: Reader<readonly string[]> = {
  accepted: ORIGIN_LIST,
  read: (given) => {
    if (given.kind !== 'array' || given.items.length > MOST_ORIGINS) throw unacceptable('origins', ORIGIN_LIST, given);
    return readEach(given.items, (item, index, problems) => {
      const problem = item.kind === 'string' ? problemOf(item.value) : `${show(item)} is no origin`;
      if (item.kind === 'string' && problem === undefined) return item.value;
      return problems.refuse(() =>
        invalid(`origins must be ${ORIGIN_LIST}: ${problem ?? ''}`, 'origins', {
          pointer: pointerTo('origins', index),
        }),
      );
    });
  },
};

export const rateText: Reader<Rate> = text('rate', RATE_RULE, (given) => parseRate(given));

/** What is wrong with a text that should be one origin, or the subdomains of one. */
function problemOf(origin: string): string | undefined {
  if (origin === '*' || origin.includes(',') || origin.trim() !== origin) return `${quoted(origin)} is no origin`;
  try {
    parseCorsOrigins(origin);
    return undefined;
  } catch (error) {
    if (error instanceof HeksherError) return error.message;
    throw error;
  }
}

type Draft = PublicUse & Readonly<{ kind: 'user' | 'machine' | 'public'; grants: readonly Grant[] }>;

/** Whatever a page shows, everybody has: it evaluates settings that are named, from named pages. Throws 'invalid'. */
export function requireSoundPublicUse({ kind, grants, origins, rate }: Draft): void {
  if (kind !== 'public') {
    const field = origins.length > 0 ? 'origins' : 'rate';
    if (origins.length === 0 && rate === undefined) return;
    throw invalid(`${field} is of public keys alone`, field, { pointer: `/${field}`, code: 'exclusive' });
  }
  const wide = grants.find(({ action, pattern }) => action !== 'evaluate' || pattern === '*');
  if (wide !== undefined) {
    const accepted = 'evaluate on settings that are named, such as evaluate:ui.*';
    const message = `a public key may ${accepted}; given: ${quoted(formatGrant(wide))}`;
    throw invalid(message, 'grants', { pointer: `/grants/${grants.indexOf(wide)}`, code: 'exclusive' });
  }
  if (origins.length === 0)
    throw invalid(`a public key needs origins, ${ORIGIN_LIST}`, 'origins', { pointer: '/origins', code: 'missing' });
}

/** As it is stored. */
export function storedPublicUse({ kind, origins, rate }: Draft): Readonly<{ origins: string[]; rate: string | null }> {
  return { origins: [...new Set(origins)], rate: kind === 'public' ? formatRate(rate ?? USUAL_RATE) : null };
}

type Row = Readonly<{ kind: Draft['kind']; origins: readonly string[]; rate: string | null }>;

/** Undefined for a key that is no public one. */
export function pageUseOf({ kind, origins, rate }: Row): PageUse | undefined {
  if (kind !== 'public') return undefined;
  const allowed = originsOf([{ kind, origins, rate }]);
  return { allows: (origin) => allowsOrigin(allowed, origin), rate: rate === null ? USUAL_RATE : parseRate(rate) };
}

/** The origins of all public keys among these. */
export function originsOf(rows: readonly Row[]): CorsOrigins {
  const origins = new Set(rows.flatMap(({ kind, origins: own }) => (kind === 'public' ? own : [])));
  return joinOrigins([...origins].map(parseCorsOrigins));
}
