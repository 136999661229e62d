import { give } from './credentials.js';
import { authorizationUrl, type Issuer, tokensFor } from './oauth.js';
import { type Attempt, newAttempt } from './pkce.js';

type Begun = Attempt & Readonly<{ returnTo: string }>;

/** What came back from the issuer; its words where it refused. */
type Return = Readonly<{ state: string; code?: string; problem?: string }>;

const KEY = 'heksher.sign-in';

/** In which windows that were opened to sign in give back what they got. */
const CHANNEL = 'heksher.sign-in';

/** Leaves the page for the issuer; it comes back to the same address. */
export async function leaveToSignIn(issuer: Issuer): Promise<void> {
  const attempt = newAttempt();
  const url = await authorizationUrl(issuer, attempt);
  const { pathname, search, hash } = location;
  const returnTo =
    pathname === new URL('signed-in', document.baseURI).pathname ? document.baseURI : pathname + search + hash;
  sessionStorage.setItem(KEY, JSON.stringify({ ...attempt, returnTo } satisfies Begun));
  location.assign(url);
}

/** Whether one left for the issuer and came back by the browser's button: to be sent there at once again would be a trap. */
export function hasLeftBefore(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

export type Arrival = Readonly<{ kind: 'usual' | 'elsewhere' }> | Readonly<{ kind: 'refused'; problem: string }>;

/** At the beginning of the page: takes what the issuer sent back with, and shows the address that one left from. */
export async function arrive(issuer: Issuer | undefined): Promise<Arrival> {
  const here = new URL(location.href);
  if (issuer === undefined || here.pathname !== new URL('signed-in', document.baseURI).pathname)
    return { kind: 'usual' };
  const given = returnOf(here.searchParams, issuer);
  const begun = takeBegun();
  if (begun?.state !== given.state) return passOn(given);
  history.replaceState(null, '', begun.returnTo);
  return redeem(issuer, given, begun);
}

/**
 * Signs in by a window of its own, so that this page stays as it is. Resolves when that is done; rejects with why not. The issuer's pages share
 * no window with ours (`Cross-Origin-Opener-Policy`), so that it cannot be known whether somebody closed it.
 */
export async function signInBeside(issuer: Issuer, signal: AbortSignal): Promise<void> {
  // Before anything is waited for, or browsers take it for an advertisement.
  const beside = window.open('about:blank', '_blank', 'popup,width=520,height=680');
  if (beside === null) throw new Error('the browser opened no window; allow this page to do so');
  const attempt = newAttempt();
  const channel = new BroadcastChannel(CHANNEL);
  const returned = new Promise<Return>((resolve, reject) => {
    channel.addEventListener('message', ({ data }: MessageEvent<Return>) => {
      if (data.state !== attempt.state || data.code === 'taken') return;
      channel.postMessage({ state: attempt.state, code: 'taken' } satisfies Return);
      resolve(data);
    });
    signal.addEventListener('abort', () => reject(new Error('another way was taken')), { once: true });
  });
  try {
    beside.location.href = (await authorizationUrl(issuer, attempt)).href;
    const arrival = await redeem(issuer, await returned, attempt);
    if (arrival.kind === 'refused') throw new Error(arrival.problem);
  } finally {
    channel.close();
  }
}

async function redeem(issuer: Issuer, { code, problem }: Return, { verifier }: Attempt): Promise<Arrival> {
  if (code === undefined) return { kind: 'refused', problem: problem ?? 'the issuer gave no code' };
  try {
    give({ kind: 'token', issuer, tokens: await tokensFor(issuer, code, verifier) });
    return { kind: 'usual' };
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
}

function returnOf(parameters: URLSearchParams, { issuer }: Issuer): Return {
  const state = parameters.get('state') ?? '';
  const by = parameters.get('iss');
  // RFC 9207: whoever mixes up issuers is none.
  if (by !== null && by !== issuer) return { state, problem: `${by} is not who was asked` };
  const code = parameters.get('code');
  if (code !== null) return { state, code };
  return {
    state,
    problem: parameters.get('error_description') ?? parameters.get('error') ?? 'the issuer gave no code',
  };
}

function takeBegun(): Begun | undefined {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Begun);
}

const ANSWER_MS = 3_000;

/** To the page that waits for it, if there is one. */
async function passOn(given: Return): Promise<Arrival> {
  const channel = new BroadcastChannel(CHANNEL);
  const isTaken = await new Promise<boolean>((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<Return>) => {
      if (data.state === given.state && data.code === 'taken') resolve(true);
    });
    setTimeout(() => resolve(false), ANSWER_MS);
    channel.postMessage(given);
  });
  channel.close();
  history.replaceState(null, '', document.baseURI);
  if (!isTaken) return { kind: 'refused', problem: 'this was not begun in this window' };
  window.close();
  return { kind: 'elsewhere' };
}
