import { type Extent } from './extents.js';
import { firstSettings, settingName, userName } from './names.js';

const SETTINGS_ASKED = 10;
const USERS_ASKED = 5;

/** More than a service answers in a run; their answers together do not fit into its cache. */
export const DISTINCT_PATHS = 60_000;

/** All rules of the first settings. */
export function queryOfFirst(settings: number): string {
  return `/api/v1/query?settings=${firstSettings(settings).join(',')}&context_filters=user:*,theme:*`;
}

export const QUERY_OF_ALL = '/api/v1/query';

/** Queries for 10 random settings and 5 random users in any theme, each different. The same seed gives the same. */
export function distinctQueries({ settings, users }: Extent, seed: number, count = DISTINCT_PATHS): readonly string[] {
  const random = randomNumbers(seed);
  const paths = new Set<string>();
  while (paths.size < count) {
    const names = pick(SETTINGS_ASKED, settings, random).map(settingName);
    const values = pick(USERS_ASKED, users, random).map(userName);
    paths.add(`/api/v1/query?settings=${names.join(',')}&context_filters=user:(${values.join(',')}),theme:*`);
  }
  return [...paths];
}

function pick(count: number, among: number, random: () => number): readonly number[] {
  const picked = new Set<number>();
  while (picked.size < count) picked.add(Math.floor(random() * among));
  return [...picked];
}

/** Marsaglia's xorshift with 32 bits: numbers from 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
