import { messageOf, retryAfterOf } from '../errors.js';
import { retryAfterMs } from '../service/unexpected-answer.js';
import { EventLines } from './event-lines.js';
import { startPolling } from './polling.js';
import { type Listening, type Updates, type UpdateSource } from './update-source.js';

const TIMING: NonNullable<StreamingOptions['timing']> = {
  // The service says something each 15 s; what is silent for longer is dead, or held back by a proxy.
  silenceMs: 45_000,
  // What ends sooner counts as a failure.
  steadyMs: 10_000,
};

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** Where there is no stream, as of an older service: one may come with its next version. */
const MISSING_RETRY_MS = 600_000;

/** `keepsRunning`: reading it may keep the program running. `onFailure` is told why there is no stream. */
export type StreamingOptions = Readonly<{
  keepsRunning?: boolean;
  onFailure?: (reason: string) => void;
  /** In milliseconds, for tests. */
  timing?: Readonly<{ silenceMs: number; steadyMs: number }>;
}>;

/**
 * Asks as `polling` does, and besides as soon as the stream of changes tells that there are any. Where there is no stream, or it
 * fails, polling goes on alone, and the stream is tried again, at a random time within ever longer ones.
 */
export function streaming(intervalMs: number, options: StreamingOptions = {}): UpdateSource {
  return (updates) => {
    const poll = startPolling(updates, intervalMs);
    void followChanges(updates, poll, options);
  };
}

/**
 * How a stream ended: whether it was heard at all, and for long; that there is none; that another one is wanted at once; when the
 * service wants to be asked again: the longest pause, and the shortest.
 */
type Ending = {
  wasHeard: boolean;
  wasSteady: boolean;
  isMissing: boolean;
  isReplaced: boolean;
  retryMs: number | undefined;
  pauseMs: number;
};

async function followChanges(updates: Updates, poll: () => Promise<void>, options: StreamingOptions): Promise<void> {
  let failures = 0;
  let retryMs = FIRST_RETRY_MS;
  let wasHeard = false;
  for (;;) {
    const ending = await hearChanges(updates, poll, options);
    if (updates.closed.aborted) return;
    updates.streams(false);
    retryMs = ending.retryMs ?? retryMs;
    if (ending.isReplaced) continue;
    failures = ending.wasSteady ? 0 : failures + 1;
    // What was heard has broken off, and cannot be had again at once: the service may be away.
    if (wasHeard && !ending.wasHeard) void poll();
    wasHeard = ending.wasHeard;
    const longest = ending.isMissing ? MISSING_RETRY_MS : reconnectMs(failures, retryMs);
    await sleep(Math.max(longest * Math.random(), ending.pauseMs * (1 + 0.1 * Math.random())), updates.closed);
  }
}

/** The longest pause before coming back; the actual one is anything up to that (full jitter). */
export function reconnectMs(failures: number, retryMs: number): number {
  return Math.min(Math.max(retryMs, 1) * 2 ** Math.min(failures, 16), Math.max(LONGEST_RETRY_MS, retryMs));
}

/** Reads one stream to its end. */
async function hearChanges(updates: Updates, poll: () => Promise<void>, options: StreamingOptions): Promise<Ending> {
  const { keepsRunning = false, onFailure, timing = TIMING } = options;
  const { closed } = updates;
  const ending: Ending = {
    ...{ wasHeard: false, wasSteady: false, isMissing: false, isReplaced: false },
    ...{ retryMs: undefined, pauseMs: 0 },
  };
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  closed.addEventListener('abort', stop);
  const silence = restartable(timing.silenceMs, stop);
  const startedAt = performance.now();
  let listening: Listening | undefined;
  try {
    listening = await updates.listen(controller.signal);
    const { response } = listening;
    const fault = faultOf(listening, keepsRunning);
    if (fault === undefined && response.body !== null) {
      await hearBody(response.body, updates, poll, { listening, ending, heard: () => silence.restart() });
    } else {
      ending.isMissing = response.status < 500 && response.status !== 401 && response.status !== 429;
      ending.pauseMs = retryAfterMs(response.headers.get('retry-after'));
      onFailure?.(fault ?? 'it is answered with nothing');
    }
  } catch (error) {
    ending.isReplaced = listening?.isReplaced() ?? false;
    ending.pauseMs = retryAfterOf(error);
    if (!ending.isReplaced && !closed.aborted)
      onFailure?.(silence.isOver() ? 'nothing is heard on it' : messageOf(error));
  } finally {
    ending.wasSteady = ending.wasHeard && performance.now() - startedAt >= timing.steadyMs;
    silence.end();
    closed.removeEventListener('abort', stop);
    controller.abort();
  }
  return ending;
}

async function hearBody(
  body: ReadableStream<Uint8Array>,
  { streams, failures }: Updates,
  poll: () => Promise<void>,
  { listening, ending, heard }: Readonly<{ listening: Listening; ending: Ending; heard: () => void }>,
): Promise<void> {
  const lines = new EventLines();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const { hasChanged, id, retryMs } = lines.hear(decoder.decode(value, { stream: true }));
    ending.retryMs = retryMs ?? ending.retryMs;
    if (!ending.wasHeard) streams(true);
    // What changed before the stream began, it does not tell.
    if (hasChanged || !ending.wasHeard) void poll().then(() => failures() === 0 && listening.served(id));
    ending.wasHeard = true;
  }
}

function faultOf({ response, endsWithProgram }: Listening, keepsRunning: boolean): string | undefined {
  const { status, headers } = response;
  if (status !== 200) return `it is answered ${status}`;
  const type = headers.get('content-type');
  if (type?.startsWith('text/event-stream') !== true) return `it is answered with ${type ?? 'no type'}`;
  return endsWithProgram || keepsRunning ? undefined : 'this fetch would keep the program running';
}

function restartable(ms: number, work: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const end = (): void => clearTimeout(timer);
  const restart = (): void => {
    end();
    timer = setTimeout(() => {
      isOver = true;
      work();
    }, ms);
    if (typeof timer === 'object') timer.unref();
  };
  restart();
  return { restart, end, isOver: () => isOver };
}

/** Does not keep the program running, and ends at once by the signal. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (typeof timer === 'object') timer.unref();
    signal.addEventListener('abort', end);
  });
}
