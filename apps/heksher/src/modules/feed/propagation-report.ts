import { type InSteps, invalid, quoted, type RawJson, rawJson, writeJson } from '@heksher/core';
import { sliced } from '../../in-slices.js';
import { type TransactionLog } from '../history/transaction-log.js';
import { type FeedCursor, formatFeedCursor } from './feed-cursor.js';
import { type ClientState, type Propagation } from './propagation.js';

export const MOST_LISTED = 10_000;
export const USUALLY_LISTED = 1_000;

const PER_STEP = 100;

type Standing = Readonly<{ client: ClientState; serving: FeedCursor | undefined; hasReached: boolean }>;

/**
 * Who serves a revision or a later one, and who does not, as far as they have said; those that do not come first, and of each those that
 * were seen last. What the log does not have is a revision of another history, or of none, and counts as no later one. Throws
 * `invalid` where that is so of the revision itself.
 * @param limit so many clients are listed; all are counted
 */
export async function propagationReport(
  revision: FeedCursor,
  limit: number,
  { propagation, log }: Readonly<{ propagation: Propagation; log: TransactionLog }>,
): Promise<RawJson> {
  const { clients, isComplete } = propagation.known();
  const said = clients.map((client) => ({ client, serving: client.serving }));
  const isLater = (cursor: FeedCursor | undefined) => cursor !== undefined && cursor.seq > revision.seq;
  const later = new Map(
    said.flatMap(({ serving }) =>
      serving !== undefined && isLater(serving) ? [[formatFeedCursor(serving), serving]] : [],
    ),
  );
  const known = new Set((await log.known([revision, ...later.values()])).map(formatFeedCursor));
  const asked = formatFeedCursor(revision);
  if (!known.has(asked)) throw notInLog(asked);
  const standings = said.map(({ client, serving }) => {
    const served = serving === undefined ? undefined : formatFeedCursor(serving);
    const hasReached = served === asked || (isLater(serving) && known.has(served ?? ''));
    return { client, serving, hasReached };
  });
  return sliced(written(asked, standings, { limit, isComplete }));
}

function* written(
  revision: string,
  standings: readonly Standing[],
  { limit, isComplete }: Readonly<{ limit: number; isComplete: boolean }>,
): InSteps<RawJson> {
  const lastFirst = standings.toSorted((one, other) => other.client.seenAtMs - one.client.seenAtMs);
  yield;
  const reached = lastFirst.filter(({ hasReached }) => hasReached);
  const pending = lastFirst.filter(({ hasReached }) => !hasReached);
  const listed = [...pending, ...reached].slice(0, limit);
  const texts: string[] = [];
  for (let begin = 0; begin < listed.length; begin += PER_STEP) {
    texts.push(...listed.slice(begin, begin + PER_STEP).map(textOf));
    yield;
  }
  return rawJson(
    writeJson({
      ...{ revision, reached: reached.length, pending: pending.length, is_complete: isComplete },
      clients: rawJson(`[${texts.join(',')}]`),
      clients_omitted: standings.length - listed.length,
    }),
  );
}

function textOf({ client: { name, principal, sent, open, seenAtMs }, serving, hasReached }: Standing): string {
  return writeJson({
    client: name,
    principal,
    reached: hasReached,
    serving: serving === undefined ? null : formatFeedCursor(serving),
    sent: sent === undefined ? null : formatFeedCursor(sent),
    is_open: open > 0,
    seen_at: new Date(seenAtMs).toISOString(),
  });
}

function notInLog(revision: string): Error {
  const message = `there is no revision ${quoted(revision)} in the change log: it was pruned, is of another history, or is yet to come`;
  return invalid(message, 'revision', { code: 'pruned', parameter: 'revision' });
}
