import { type IncomingMessage } from 'node:http';
import { invalid, quoted, type RawJson, rawJson, writeJson } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Step } from '../../http/entrance.js';
import { type FeedCursor, formatFeedCursor, requireServedRevision } from './feed-cursor.js';

/** What a client said of itself last, by `Heksher-Client` and `Heksher-Serving`, and what it was sent. */
export type ClientState = {
  readonly name: string;
  readonly instance: string;
  /** What it serves; undefined: it has not said. */
  serving: FeedCursor | undefined;
  /** Behind the last event that was written to it. */
  sent: FeedCursor | undefined;
  seenAtMs: number;
  /** How many streams and held requests it has open. */
  open: number;
};

/** So many clients are remembered, those that were seen last, and for so long. */
const MOST_CLIENTS = 10_000;
const REMEMBERED_MS = 3_600_000;

const CLIENT = /^([\w.@:+-]{1,100})\/([\w.@:+-]{1,100})$/;

/** Which clients of this replica have which revision. */
@Injectable()
export class Propagation {
  private readonly clients = new LRUCache<string, ClientState>({ max: MOST_CLIENTS });

  /** Notes what a request says of its client; undefined: nothing. Throws `invalid`. */
  note({ 'heksher-client': given, 'heksher-serving': served }: IncomingMessage['headers']): ClientState | undefined {
    const serving = served === undefined ? undefined : requireServedRevision(String(served), 'Heksher-Serving');
    if (given === undefined) return undefined;
    const [, name, instance] = CLIENT.exec(String(given)) ?? [];
    if (name === undefined || instance === undefined) throw notAClient(String(given));
    const key = `${name}/${instance}`;
    const state = this.clients.get(key) ?? { name, instance, serving, sent: undefined, seenAtMs: 0, open: 0 };
    if (serving !== undefined) state.serving = serving;
    state.seenAtMs = Date.now();
    this.clients.set(key, state);
    return state;
  }

  /** Who serves a revision or a later one, and who does not, as far as they have said; those that were seen last come first. */
  report(revision: FeedCursor): RawJson {
    const since = Date.now() - REMEMBERED_MS;
    const known = [...this.clients.values()].filter(({ seenAtMs, open }) => open > 0 || seenAtMs >= since);
    const reached = known.filter(({ serving }) => hasReached(serving, revision)).length;
    const clients = known.map((state) => ({
      client: `${state.name}/${state.instance}`,
      reached: hasReached(state.serving, revision),
      serving: state.serving === undefined ? null : formatFeedCursor(state.serving),
      sent: state.sent === undefined ? null : formatFeedCursor(state.sent),
      is_open: state.open > 0,
      seen_at: new Date(state.seenAtMs).toISOString(),
    }));
    const head = { revision: formatFeedCursor(revision), reached, pending: known.length - reached };
    return rawJson(writeJson({ ...head, clients }));
  }
}

const READS = /^\/api\/v1\/(query|evaluate)$|^\/ofrep\/v1\/evaluate\//;

/** Notes what those say of themselves who ask for values again and again, as those do who follow changes. */
export function noteReaders(propagation: Propagation): Step {
  return ({ headers }, { path }) => {
    const saysNothing = headers['heksher-client'] === undefined && headers['heksher-serving'] === undefined;
    if (saysNothing || !READS.test(path)) return undefined;
    try {
      propagation.note(headers);
      return undefined;
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
}

/** Of the same number, but another history, it is another revision. */
function hasReached(serving: FeedCursor | undefined, revision: FeedCursor): boolean {
  if (serving === undefined) return false;
  return serving.seq > revision.seq || (serving.seq === revision.seq && serving.token === revision.token);
}

function notAClient(given: string): Error {
  const accepted = 'a name and an instance such as shop/pod-7, each 1 to 100 letters, digits and _ . @ : + -';
  return invalid(`Heksher-Client must be ${accepted}; given: ${quoted(given)}`, 'Heksher-Client');
}
