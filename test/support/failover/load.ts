import { setTimeout as sleep } from 'node:timers/promises';
import { History } from '../history/history.js';
import { NoAnswer } from '../service/call.js';
import { addFeatures, addRule, type Answer, type Call, declare, expectStatus } from '../service/service.js';

/** What clients saw since `mark`: times in milliseconds. */
export type Seen = Readonly<{
  reads: number;
  /** Marked `Heksher-Stale`. */
  stale: number;
  /** Neither 200 nor 304. */
  failedReads: readonly string[];
  longestReadMs: number;
  writes: number;
  /** Answered 503, or not at all; each was tried again. */
  refusedWrites: number;
  /** Any other answer. */
  oddWrites: readonly string[];
  /** The longest time without an acknowledged write. */
  writeGapMs: number;
  /** How long reads were marked, from the first to the last. */
  staleMs: number;
}>;

/** Clients of some replicas that go on until they are stopped, at a bounded rate. */
export type Load = Readonly<{
  history: History;
  /** What was seen since the last time. */
  mark(): Seen;
  /** The next write that begins now, and the next read that is not stale, have come through. */
  settled(): Promise<void>;
  /** Rejects with what no client should meet. Gives the last value acknowledged, by setting. */
  stop(): Promise<ReadonlyMap<string, number>>;
}>;

const WRITERS = 4;
const READERS = 6;
/** Between two requests of a client. */
const PAUSE_MS = 25;

const NOTHING = { reads: 0, stale: 0, longestReadMs: 0, writes: 0, refusedWrites: 0, writeGapMs: 0 };

export async function startLoad(calls: readonly Call[]): Promise<Load> {
  const call = (turn: number): Call => {
    const chosen = calls[turn % calls.length];
    if (chosen === undefined) throw new Error('there is no replica');
    return chosen;
  };
  await addFeatures(call(0), 'account', 'user', 'theme');
  const rules = new Map<string, number>();
  for (let writer = 0; writer < WRITERS; writer += 1) {
    await expectStatus(200, declare(call(0), { name: `register_${writer}`, default_value: 0 }));
    rules.set(`register_${writer}`, await addRule(call(0), `register_${writer}`, { user: 'john' }, 0));
  }
  const history = new History();
  const acknowledged = new Map<string, number>();
  let seen = { ...NOTHING, failedReads: [] as string[], oddWrites: [] as string[] };
  let lastWriteAt = performance.now();
  let [staleFrom, staleTo] = [Infinity, -Infinity];
  let isOn = true;

  // A write that is refused is tried again with the same value: whether the first was kept is not known.
  const put = async (rule: number, value: number): Promise<void> => {
    for (let attempt = value; ; attempt += 1, await sleep(PAUSE_MS)) {
      const answer = await call(attempt)('PUT', `/api/v1/rules/${rule}/value`, { body: { value } }).catch(unanswered);
      if (answer?.status === 204) return;
      seen.refusedWrites += 1;
      if (answer !== undefined && answer.status !== 503) seen.oddWrites.push(`${answer.status}: ${answer.text}`);
    }
  };
  const writer = async ([register, rule]: readonly [string, number]): Promise<void> => {
    for (let value = 1; isOn; value += 1, await sleep(PAUSE_MS)) {
      await history.write(register, value, () => put(rule, value));
      acknowledged.set(register, value);
      seen.writes += 1;
      seen.writeGapMs = Math.max(seen.writeGapMs, performance.now() - lastWriteAt);
      lastWriteAt = performance.now();
    }
  };
  const read = async (turn: number): Promise<ReadonlyMap<string, number> | undefined> => {
    const startedAt = performance.now();
    const answer = await call(turn)('GET', '/api/v1/query').catch(unanswered);
    const endedAt = performance.now();
    seen.reads += 1;
    seen.longestReadMs = Math.max(seen.longestReadMs, endedAt - startedAt);
    if (answer?.status !== 200)
      seen.failedReads.push(answer === undefined ? 'no answer' : `${answer.status}: ${answer.text}`);
    else if (answer.headers.has('heksher-stale')) {
      seen.stale += 1;
      [staleFrom, staleTo] = [Math.min(staleFrom, startedAt), Math.max(staleTo, endedAt)];
    } else return valuesOf(answer);
    return undefined;
  };
  const reader = async (place: number): Promise<void> => {
    // What is marked stale promises nothing, and so is no part of the history.
    for (let turn = place; isOn; turn += 1, await sleep(PAUSE_MS))
      await history.read(async () => (await read(turn)) ?? new Map<string, number>());
  };
  const running = [...Array.from(rules, writer), ...Array.from({ length: READERS }, (_, place) => reader(place))];
  const all = Promise.all(running);
  all.catch(() => undefined);

  return {
    history,
    mark() {
      const writeGapMs = Math.max(seen.writeGapMs, performance.now() - lastWriteAt);
      const result = { ...seen, writeGapMs, staleMs: Math.max(0, staleTo - staleFrom) };
      seen = { ...NOTHING, failedReads: [], oddWrites: [] };
      [staleFrom, staleTo] = [Infinity, -Infinity];
      return result;
    },
    async settled() {
      const deadline = performance.now() + 120_000;
      const before = new Map(acknowledged);
      const isDone = (): boolean =>
        [...rules.keys()].every((name) => (acknowledged.get(name) ?? 0) > (before.get(name) ?? 0) + 1);
      while (!isDone() || performance.now() - staleTo < 1_500) {
        if (performance.now() > deadline) throw new Error(`clients are not served again: ${JSON.stringify(seen)}`);
        await sleep(50);
      }
    },
    async stop() {
      isOn = false;
      await all;
      for (const _replica of calls)
        await history.read(async () => (await read(rules.size + calls.indexOf(_replica))) ?? new Map());
      return acknowledged;
    },
  };
}

function unanswered(error: unknown): undefined {
  if (!(error instanceof NoAnswer)) throw error;
}

function valuesOf(answer: Answer): ReadonlyMap<string, number> {
  const { settings } = answer.body as { settings: Record<string, { rules: { value: number }[] }> };
  return new Map(Object.entries(settings).map(([name, { rules }]) => [name, rules[0]?.value ?? NaN]));
}
