import fc from 'fast-check';
import { FreshnessGate } from './freshness-gate.js';

/** A clock that ticks at every event, and a check that is ended by hand, with the time it started. */
function gateUnderTest() {
  let time = 0;
  const started: number[] = [];
  let open: { end: (isSuccess: boolean) => void } | undefined;
  const gate = new FreshnessGate(
    () =>
      new Promise<number>((resolve, reject) => {
        if (open !== undefined) throw new Error('two checks at once');
        const startedAt = (time += 1);
        started.push(startedAt);
        open = {
          end: (isSuccess) => (isSuccess ? resolve(startedAt) : reject(new CheckFailed(startedAt))),
        };
      }),
  );
  return {
    gate,
    started,
    tick: (): number => (time += 1),
    end: (isSuccess: boolean): void => {
      const ending = open;
      open = undefined;
      ending?.end(isSuccess);
    },
    isChecking: (): boolean => open !== undefined,
  };
}

class CheckFailed extends Error {
  constructor(readonly startedAt: number) {
    super('the check failed');
  }
}

/** Long enough for a check to end, for its readers to be called, and for the next to start. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Reader = { arrivedAt: number; checkedAt?: number; isFailure?: boolean; place?: number };

type Step = 'arrive' | 'succeed' | 'fail' | 'settle';
const steps = fc.array(fc.constantFrom<Step>('arrive', 'arrive', 'succeed', 'fail', 'settle'), { maxLength: 40 });

it('gives every reader the result, good or bad, of a check that started after it arrived, in order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const { gate, tick, end, isChecking } = gateUnderTest();
      const readers: Reader[] = [];
      let answered = 0;
      const failedAt = new Set<number>();
      for (const step of sequence) {
        if (step === 'settle') await settled();
        else if (step === 'arrive') readers.push(arrive());
        else end(step === 'succeed');
      }
      for (await settled(); isChecking(); await settled()) end(true);

      for (const { arrivedAt, checkedAt = -1 } of readers) expect(checkedAt).toBeGreaterThan(arrivedAt);
      expect(readers.map(({ place }) => place)).toEqual(readers.map((_, index) => index));
      for (const { checkedAt = -1, isFailure } of readers) expect(isFailure).toBe(failedAt.has(checkedAt));

      function arrive(): Reader {
        const reader: Reader = { arrivedAt: tick() };
        const settle = (checkedAt: number, isFailure: boolean): void => {
          if (isFailure) failedAt.add(checkedAt);
          Object.assign(reader, { checkedAt, isFailure, place: answered });
          answered += 1;
        };
        gate.fresh().then(
          (checkedAt) => settle(checkedAt, false),
          (error: CheckFailed) => settle(error.startedAt, true),
        );
        return reader;
      }
    }),
    { numRuns: 500 },
  );
});

it('lets all who arrive while a check is under way share the next one, and starts none that nobody waits for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 10 }),
      fc.boolean(),
      async (arrivals, isSuccess) => {
        const { gate, started, end } = gateUnderTest();
        const shared: Promise<unknown>[][] = [];
        const arrive = (): Promise<unknown> => gate.fresh().catch((error: CheckFailed) => error.startedAt);
        const first = arrive();
        await settled();
        for (const count of arrivals) {
          shared.push(Array.from({ length: count }, arrive));
          end(isSuccess);
          await settled();
        }
        end(isSuccess);
        await settled();
        end(isSuccess);
        expect(await first).toBe(started[0]);
        for (const group of shared) expect(new Set(await Promise.all(group)).size).toBe(1);
        expect(started.length).toBe(1 + arrivals.length);
      },
    ),
  );
});

it('lets all who arrive in one turn share one check', async () => {
  const { gate, started, end } = gateUnderTest();
  const readers = [gate.fresh(), gate.fresh(), Promise.resolve().then(() => gate.fresh())];
  await settled();
  end(true);
  expect(new Set(await Promise.all(readers)).size).toBe(1);
  await settled();
  expect(started.length).toBe(1);
});

it('lets all who ask again as soon as they are answered share the next check with those who waited', async () => {
  const { gate, started, end } = gateUnderTest();
  const again: Promise<number>[] = [];
  for (let index = 0; index < 2; index += 1) {
    gate.wait({ ready: () => void setImmediate(() => again.push(gate.fresh())), failed: () => undefined });
  }
  await settled();
  const waited = gate.fresh();
  end(true);
  while (again.length < 2) await settled();
  end(true);
  expect(await Promise.all([waited, ...again])).toEqual(Array(3).fill(started[1]));
});

it('makes the next check after one that failed as after any other', async () => {
  const { gate, started, end } = gateUnderTest();
  const failing = gate.fresh();
  await settled();
  const next = gate.fresh();
  end(false);
  await expect(failing).rejects.toThrow('the check failed');
  await settled();
  end(true);
  expect(await next).toBe(started[1]);
});

it('leaves no rejection unhandled where a check fails that others waited behind', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    const { gate, end } = gateUnderTest();
    const readers = [gate.fresh().catch(() => 'failed')];
    await settled();
    readers.push(...[gate.fresh(), gate.fresh()].map((reader) => reader.catch(() => 'failed')));
    end(false);
    await settled();
    end(false);
    expect(await Promise.all(readers)).toEqual(['failed', 'failed', 'failed']);
    await settled();
    await settled();
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
