import { setTimeout as sleep } from 'node:timers/promises';
import { atOnce, HeksherError } from '@heksher/core';
import { type Revision, type Ruleset, RulesetBuilder } from '@heksher/ruleset';
import { RulesetFollower } from './ruleset-follower.js';
import { type RulesetSource } from './ruleset-source.js';

/** Rulesets that are empty but for their revision, from a source that can be away. */
class MemorySource implements RulesetSource {
  seq = 1;
  isAway = false;
  isClosed = false;
  wake: (() => void) | undefined;
  /** How often the revision was asked for. */
  looks = 0;

  async revision(): Promise<Revision> {
    this.looks += 1;
    await Promise.resolve();
    if (this.isAway) throw new HeksherError('unavailable', 'away');
    return { seq: String(this.seq), token: `token ${this.seq}` };
  }

  async load(): Promise<Ruleset> {
    const revision = await this.revision();
    this.looks -= 1;
    return atOnce(new RulesetBuilder().finish(revision, ['user'], []));
  }

  async since(previous: Ruleset): Promise<Ruleset> {
    const now = await this.load();
    return now.revision.token === previous.revision.token ? previous : now;
  }

  watch(wake: () => void): () => void {
    this.wake = wake;
    return () => (this.wake = undefined);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

let source: MemorySource;
let follower: RulesetFollower;
let lines: string[];
const note = (line: string): void => void lines.push(line);

function follow(options: Readonly<{ staleIfErrorMs?: number; maxStalenessMs?: number }> = {}): void {
  source = new MemorySource();
  lines = [];
  const log = { debug: () => undefined, info: note, warn: note, error: note };
  follower = new RulesetFollower(
    source,
    { maxStalenessMs: 0, staleIfErrorMs: 60_000, timeoutMs: 100, ...options },
    log,
  );
}
afterEach(() => follower.close());

const read = () =>
  new Promise<Readonly<{ seq: string; stale: number | undefined }>>((ready, failed) => {
    follower.read({
      ready: ({ ruleset, staleSeconds }) => ready({ seq: ruleset.revision.seq, stale: staleSeconds }),
      failed,
    });
  });

async function untilKind(kind: string): Promise<void> {
  for (const deadline = Date.now() + 5_000; follower.state.kind !== kind; await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`still ${follower.state.kind}`);
  }
}

it('goes from starting to current, and reads what was written before', async () => {
  follow();
  expect(follower.state.kind).toBe('starting');
  await follower.start();
  expect(follower.state).toMatchObject({ kind: 'current', ruleset: { revision: { seq: '1' } } });
  source.seq = 2;
  expect(await read()).toEqual({ seq: '2', stale: undefined });
  expect(await follower.readiness()).toEqual({ kind: 'able' });
  expect(follower.stats).toMatchObject({ loads: 1, refreshes: 1, readers: 2, failedChecks: 0, staleReads: 0 });
});

it('fails to start where its source does not answer', async () => {
  follow();
  source.isAway = true;
  await expect(follower.start()).rejects.toThrow('away');
  expect(follower.state.kind).toBe('starting');
});

it('reads stale in an outage, says since when, and is current again by itself', async () => {
  follow();
  await follower.start();
  source.isAway = true;
  expect(await read()).toEqual({ seq: '1', stale: 1 });
  expect(follower.state).toMatchObject({ kind: 'outage', since: expect.any(Date) as Date });
  const { kind, since } = await follower.readiness();
  expect([kind, Math.abs(Number(since) - Date.now()) < 1_000]).toEqual(['degraded', true]);
  expect(follower.staleSeconds).toBeGreaterThan(0);
  source.isAway = false;
  source.seq = 2;
  await untilKind('current');
  expect([await read(), follower.staleSeconds]).toEqual([{ seq: '2', stale: undefined }, 0]);
  expect(lines).toEqual([
    'the database does not answer; reads go on from memory while that is allowed',
    'the database answers again; reads are current',
  ]);
});

it('reads nothing that is older than is allowed', async () => {
  follow({ staleIfErrorMs: 0 });
  await follower.start();
  source.isAway = true;
  await expect(read()).rejects.toThrow('the database does not answer');
  expect((await follower.readiness()).kind).toBe('unable');
  expect(follower.stats.staleReads).toBe(0);
});

it('counts the age of stale reads from the last check that was possible, also where nobody read', async () => {
  follow({ staleIfErrorMs: 600 });
  await follower.start();
  await sleep(1_000);
  source.isAway = true;
  expect(await read()).toEqual({ seq: '1', stale: 1 });
  await sleep(800);
  await expect(read()).rejects.toThrow('the database does not answer');
});

it('notices an outage and its end where nobody reads', async () => {
  follow({ staleIfErrorMs: 300 });
  await follower.start();
  source.isAway = true;
  await untilKind('outage');
  source.isAway = false;
  await untilKind('current');
  expect(follower.stats.readers).toBeGreaterThan(0);
});

it('calls listeners with what is now and was before, whatever another of them throws', async () => {
  follow();
  const seen: unknown[] = [];
  follower.onChange(() => {
    throw new Error('not mine');
  });
  follower.onChange((now, before) => seen.push([now.revision.seq, before?.revision.seq]));
  await follower.start();
  source.seq = 2;
  await read();
  await read();
  expect(seen).toEqual([
    ['1', undefined],
    ['2', '1'],
  ]);
  expect(lines).toEqual(Array(2).fill('a listener to changes of the ruleset failed'));
});

it('checks when its source wakes it, until it is closed', async () => {
  follow();
  await follower.start();
  source.seq = 2;
  source.wake?.();
  await sleep(50);
  expect(follower.state).toMatchObject({ ruleset: { revision: { seq: '2' } } });
  await follower.close();
  expect([follower.state.kind, source.isClosed, source.wake]).toEqual(['closed', true, undefined]);
});

it('makes no check for reads that may be as old as the last one', async () => {
  follow({ maxStalenessMs: 60_000 });
  await follower.start();
  source.seq = 2;
  expect(await read()).toEqual({ seq: '1', stale: undefined });
  expect(follower.stats.checks).toBe(0);
});

it('reads a change that is expected without a look at the revision, and is right where there is none', async () => {
  follow();
  await follower.start();
  source.seq = 2;
  expect((await follower.changed()).ruleset.revision.seq).toBe('2');
  const { ruleset } = await follower.changed();
  expect(follower.latest).toBe(ruleset);
  expect([ruleset.revision.seq, follower.stats.refreshes, source.looks]).toEqual(['2', 1, 0]);
  await follower.checked();
  expect(source.looks).toBe(1);
});
