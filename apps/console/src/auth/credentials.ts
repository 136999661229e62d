import { useSyncExternalStore } from 'react';
import { useThisSession } from '../api/session.js';
import { type Issuer, refreshed, type Tokens } from './oauth.js';

/**
 * By what requests say who asks. Tokens are in memory alone: a reload gets others from the issuer, which still knows the person. A key is, too, unless it
 * was asked to be kept: then it is in the tab's sessionStorage, which ends with the tab and which no other tab reads. What could read
 * it there is a script on this origin, and that could as well read memory.
 */
export type Credentials =
  Readonly<{ kind: 'token'; issuer: Issuer; tokens: Tokens }> | Readonly<{ kind: 'key'; key: string }>;

/** `open`: the service knows who asks; `lost`: it did, and does not now. */
type State = Readonly<{ credentials: Credentials | undefined; phase: 'closed' | 'open' | 'lost' }>;

const KEY = 'heksher.key';
/** Tokens are renewed so long before they end. */
const EARLY_MS = 30_000;

let state: State = { credentials: keptKey(), phase: 'closed' };
const listeners = new Set<() => void>();
/** Those whose requests wait for somebody to sign in again. */
let waiting: ((isBack: boolean) => void)[] = [];
let renewal: Promise<boolean> | undefined;

useThisSession({
  async authorization() {
    const { credentials } = state;
    if (credentials?.kind === 'token' && credentials.tokens.expiresAtMs - EARLY_MS < Date.now()) await renew();
    const now = state.credentials;
    return now && `Bearer ${now.kind === 'key' ? now.key : now.tokens.access}`;
  },
  async refused() {
    if (state.phase === 'closed') return false;
    if (await renew()) return true;
    set({ ...state, phase: 'lost' });
    return new Promise((resolve) => waiting.push(resolve));
  },
});

export function useSessionState(): State {
  return useSyncExternalStore(subscribe, () => state);
}

export function give(credentials: Credentials, isKept = false): void {
  if (credentials.kind === 'key' && isKept) store(credentials.key);
  set({ ...state, credentials });
}

/** The service knows who asks: whoever waited for that goes on. */
export function open(): void {
  set({ ...state, phase: 'open' });
  const released = waiting;
  waiting = [];
  for (const release of released) release(true);
}

/** Nobody signs in again: what waited fails. */
export function giveUp(): void {
  set({ ...state, phase: 'open' });
  const released = waiting;
  waiting = [];
  for (const release of released) release(false);
}

export function forget(): void {
  store(undefined);
  set({ credentials: undefined, phase: 'closed' });
  giveUpWaiting();
}

function giveUpWaiting(): void {
  for (const release of waiting) release(false);
  waiting = [];
}

/** By the refresh token, if the issuer gave one; whether it did. */
function renew(): Promise<boolean> {
  const { credentials } = state;
  if (credentials?.kind !== 'token' || credentials.tokens.refresh === undefined) return Promise.resolve(false);
  const { issuer, tokens } = credentials;
  renewal ??= refreshed(issuer, tokens.refresh ?? '')
    .then((next) => {
      give({ kind: 'token', issuer, tokens: { ...next, refresh: next.refresh ?? tokens.refresh } });
      return true;
    })
    .catch(() => {
      give({ kind: 'token', issuer, tokens: { ...tokens, refresh: undefined } });
      return false;
    })
    .finally(() => (renewal = undefined));
  return renewal;
}

function keptKey(): Credentials | undefined {
  try {
    const key = sessionStorage.getItem(KEY);
    return key === null ? undefined : { kind: 'key', key };
  } catch {
    return undefined;
  }
}

function store(key: string | undefined): void {
  try {
    if (key === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, key);
  } catch {
    // It holds as long as the page does.
  }
}

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
