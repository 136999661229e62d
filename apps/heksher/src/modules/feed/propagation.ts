import { type IncomingMessage } from 'node:http';
import { invalid, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { ownerOf, type Principal } from '../../access/principal.js';
import { type Step } from '../../http/entrance.js';
import { type FeedCursor, requireServedRevision } from './feed-cursor.js';

/** What a client said of itself last, by `Heksher-Client` and `Heksher-Serving`, and what it was sent. */
export type ClientState = {
  /** Its name and its instance, such as `shop/pod-7`. */
  readonly name: string;
  /** Whose it is: the same name of somebody else is another client. Null: nobody was authenticated. */
  readonly principal: string | null;
  /** What it serves; undefined: it has not said. */
  serving: FeedCursor | undefined;
  /** Behind the last event that was written to it. */
  sent: FeedCursor | undefined;
  seenAtMs: number;
  /** How many streams and held requests it has open. */
  open: number;
};

/** The clients of a principal. Those that have nothing open are in the order in which they were seen. */
type Fleet = Readonly<{ clients: Map<string, ClientState>; idle: Set<ClientState> }>;

/** So many clients are remembered, and those that have nothing open for so long. */
const MOST_CLIENTS = 10_000;
const REMEMBERED_MS = 3_600_000;

const CLIENT = /^[\w.@:+-]{1,100}\/[\w.@:+-]{1,100}$/;

/**
 * Which clients of this replica have which revision. Names are as good as the credentials that they come with: pages of everybody, and
 * who sends none where others have to, may say what they like, and are not counted.
 */
@Injectable()
export class Propagation {
  private readonly fleets = new Map<string, Fleet>();
  private count = 0;
  private forgotAtMs = -Infinity;

  constructor(private readonly most = MOST_CLIENTS) {}

  /** Notes what a request says of its client; undefined: nothing that counts. Throws `invalid`. */
  note(headers: IncomingMessage['headers'], principal: Principal | undefined): ClientState | undefined {
    const { 'heksher-client': given, 'heksher-serving': served } = headers;
    const serving = served === undefined ? undefined : requireServedRevision(String(served), 'Heksher-Serving');
    if (given === undefined) return undefined;
    const name = String(given);
    if (!CLIENT.test(name)) throw notAClient(name);
    if (principal?.kind === 'public' || principal?.kind === 'anyone') return undefined;
    const state = this.find(name, principal);
    if (state === undefined) return undefined;
    if (serving !== undefined) state.serving = serving;
    this.seen(state, principal);
    return state;
  }

  /** It has one more stream or held request open. @returns what closes that */
  opened(state: ClientState, principal: Principal | undefined): () => void {
    state.open += 1;
    this.fleetOf(principal).idle.delete(state);
    return () => {
      state.open -= 1;
      this.seen(state, principal);
    };
  }

  /** All that have something open, or were seen in the last hour; `isComplete`: none of these was forgotten, or not taken in, for want of room. */
  known(): Readonly<{ clients: readonly ClientState[]; isComplete: boolean }> {
    const since = Date.now() - REMEMBERED_MS;
    const all = [...this.fleets.values()].flatMap(({ clients }) => [...clients.values()]);
    const clients = all.filter(({ seenAtMs, open }) => open > 0 || seenAtMs >= since);
    return { clients, isComplete: this.forgotAtMs < since };
  }

  private find(name: string, principal: Principal | undefined): ClientState | undefined {
    const known = this.fleets.get(keyOf(principal))?.clients.get(name);
    if (known !== undefined || (this.count >= this.most && !this.forgetOne())) return known;
    const subject = principal?.subject ?? null;
    const state = { name, principal: subject, serving: undefined, sent: undefined, seenAtMs: 0, open: 0 };
    this.fleetOf(principal).clients.set(name, state);
    this.count += 1;
    return state;
  }

  private fleetOf(principal: Principal | undefined): Fleet {
    const key = keyOf(principal);
    const fleet = this.fleets.get(key) ?? { clients: new Map(), idle: new Set() };
    this.fleets.set(key, fleet);
    return fleet;
  }

  private seen(state: ClientState, principal: Principal | undefined): void {
    state.seenAtMs = Date.now();
    const { idle } = this.fleetOf(principal);
    idle.delete(state);
    if (state.open === 0) idle.add(state);
  }

  /** Whoever has most that are not connected loses the one seen longest ago, so that nobody's names drive out those of others. */
  private forgetOne(): boolean {
    let [most, largest]: [string, Fleet | undefined] = ['', undefined];
    for (const [key, fleet] of this.fleets) {
      if (fleet.idle.size > (largest?.idle.size ?? 0)) [most, largest] = [key, fleet];
    }
    const [oldest] = largest?.idle ?? [];
    if (oldest === undefined || oldest.seenAtMs >= Date.now() - REMEMBERED_MS) this.forgotAtMs = Date.now();
    if (largest === undefined || oldest === undefined) return false;
    largest.idle.delete(oldest);
    largest.clients.delete(oldest.name);
    if (largest.clients.size === 0) this.fleets.delete(most);
    this.count -= 1;
    return true;
  }
}

function keyOf(principal: Principal | undefined): string {
  return principal === undefined ? '' : `${ownerOf(principal)} ${principal.subject}`;
}

const READS = /^\/api\/v1\/(query|evaluate)$|^\/ofrep\/v1\/evaluate\//;

/** Notes what those say of themselves who ask for values again and again, as those do who follow changes. */
export function noteReaders(propagation: Propagation): Step {
  return ({ headers }, { path, caller }) => {
    const saysNothing = headers['heksher-client'] === undefined && headers['heksher-serving'] === undefined;
    if (saysNothing || !READS.test(path)) return undefined;
    try {
      propagation.note(headers, caller.principal);
      return undefined;
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
}

function notAClient(given: string): Error {
  const accepted = 'a name and an instance such as shop/pod-7, each 1 to 100 letters, digits and _ . @ : + -';
  return invalid(`Heksher-Client must be ${accepted}; given: ${quoted(given)}`, 'Heksher-Client');
}
