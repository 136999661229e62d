import { ApiError } from '../api/api-error.js';
import { noteAnswer, noteSilence } from '../api/connection.js';
import { readExact } from '../api/exact.js';
import { currentSession } from '../api/session.js';
import { type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';
import { EventParser } from './server-sent-events.js';

export type ChangeEvent = Exact<components['schemas']['ChangeEvent']>;

export type Following = Readonly<{
  /** From where: a revision; undefined: from now on. */
  after: string | undefined;
  onChange: (event: ChangeEvent) => void;
  /** What was shown may be of any time: all of it is to be read again. */
  onReset: () => void;
  onState: (state: LiveState) => void;
  signal: AbortSignal;
}>;

/** `live`: changes come as they are made; `trying`: the service does not answer; `refused`: it does not know who asks, or grants no reading. */
export type LiveState = 'live' | 'trying' | 'refused';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** The service says something each 15 seconds; a stream of which nothing comes for longer is held back by somebody between. */
const SILENCE_MS = 25_000;
/** A stream that ends sooner was cut by somebody between; if the next one is too, there is no use in streams. */
const SHORT_MS = 15_000;
const MOST_CUT = 2;
/** Of a question that waits. */
const LONG_POLL_S = 25;

/** Follows the feed of changes until it is aborted: by a stream, or by questions that wait where streams do not get through. */
export async function follow({ after, onChange, onReset, onState, signal }: Following): Promise<void> {
  let cursor = after;
  let failures = 0;
  let isStreaming = true;
  let cuts = 0;
  let begunAt: number | undefined;
  const take = (event: ChangeEvent): void => {
    cursor = event.id;
    onChange(event);
  };
  const reset = (next: string | undefined): void => {
    cursor = next ?? cursor;
    onReset();
  };
  const begun = (): void => {
    failures = 0;
    begunAt = performance.now();
    onState('live');
  };
  while (!signal.aborted) {
    begunAt = undefined;
    try {
      if (isStreaming) await stream(cursor, { take, reset, begun, signal });
      else await poll(cursor, { take, reset, begun, signal, next: (at) => (cursor = at) });
      continue;
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof ApiError ? error.status : 0;
      const isRefused = status === 401 || status === 403;
      // As many stream as may, or something between lets none through.
      if (error instanceof StreamHeld || status === 503) isStreaming = false;
      onState(isRefused ? 'refused' : 'trying');
      if (status === 0 && !(error instanceof StreamHeld) && begunAt === undefined) noteSilence();
      failures += 1;
    } finally {
      if (isStreaming && begunAt !== undefined) {
        cuts = performance.now() - begunAt < SHORT_MS ? cuts + 1 : 0;
        isStreaming = cuts < MOST_CUT;
      }
    }
    await pause(failures, signal);
  }
}

/** Nothing came of a stream that was begun. */
class StreamHeld extends Error {}

type Receiver = Readonly<{
  take: (event: ChangeEvent) => void;
  reset: (next: string | undefined) => void;
  begun: () => void;
  signal: AbortSignal;
}>;

/** Resolves when the stream ends, as all do after an hour or so. */
async function stream(cursor: string | undefined, { take, reset, begun, signal }: Receiver): Promise<void> {
  const held = new AbortController();
  const parser = new EventParser();
  let timer = setTimeout(() => held.abort(), SILENCE_MS);
  let isBegun = false;
  try {
    const response = await ask({ after: cursor }, 'text/event-stream', AbortSignal.any([signal, held.signal]));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new StreamHeld();
    for (;;) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      timer = setTimeout(() => held.abort(), SILENCE_MS);
      if (done) {
        if (!isBegun) throw new StreamHeld();
        return;
      }
      if (!isBegun) begun();
      isBegun = true;
      for (const event of parser.read(value)) {
        if ('retryMs' in event) continue;
        if (event.event === 'reset') reset(event.id || undefined);
        if (event.event === 'change') take(readExact(event.data) as ChangeEvent);
      }
    }
  } catch (error) {
    if (held.signal.aborted && !isBegun) throw new StreamHeld();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function poll(
  cursor: string | undefined,
  { take, reset, begun, signal, next }: Receiver & Readonly<{ next: (cursor: string) => void }>,
): Promise<void> {
  const response = await ask(
    { after: cursor, wait: cursor === undefined ? '0' : String(LONG_POLL_S) },
    'application/json',
    signal,
  );
  const page = readExact(await response.text()) as { changes: ChangeEvent[]; next: string; reset: boolean };
  begun();
  if (page.reset) reset(page.next);
  for (const event of page.changes) take(event);
  next(page.next);
}

async function ask(query: Readonly<Record<string, string | undefined>>, accept: string, signal: AbortSignal) {
  const url = new URL('../api/v1/changes', document.baseURI);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = new Headers({ Accept: accept });
  const authorization = await currentSession().authorization();
  if (authorization !== undefined) headers.set('Authorization', authorization);
  const response = await fetch(url, { headers, signal });
  if (response.ok) {
    const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
    if (isStream !== (accept === 'text/event-stream')) throw new StreamHeld();
    noteAnswer(undefined);
    return response;
  }
  void response.body?.cancel();
  const problem = { status: response.status, detail: `the feed answers ${response.status}`, code: 'feed', errors: [] };
  throw new ApiError(response.status, problem, undefined);
}

/** Twice as long after each failure, at random, so that not all who lost the service come back at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  const waitMs = most / 2 + (Math.random() * most) / 2;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
