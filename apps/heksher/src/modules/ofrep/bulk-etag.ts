import { hash } from 'node:crypto';
import { type Context, type Share, shareAt } from '@heksher/core';
import { HEKSHER_VERSION } from '../../version.js';

/**
 * A strong tag of all flags in a context, without evaluating any: of what the database holds, the context, and where ramps
 * stand now, which is all that time changes. Every replica of this version gives the same.
 */
export function bulkEtag(revision: string, context: Context, ramps: readonly Share[], nowMs: number): string {
  const known = [...context].sort(([a], [b]) => (a < b ? -1 : 1));
  const shares = ramps.map((ramp) => shareAt(ramp, nowMs));
  const all = JSON.stringify([HEKSHER_VERSION, revision, known, shares]);
  return `"${hash('sha256', all, 'base64url').slice(0, 27)}"`;
}
