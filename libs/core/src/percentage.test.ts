import fc from 'fast-check';
import { HeksherError } from './errors.js';
import { formatPercentage, parsePercentage, parseRamp, type Share, shareAt, shareBounds } from './percentage.js';

const failure = (read: () => unknown): HeksherError => {
  try {
    read();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const thousandths = fc.integer({ min: 0, max: 100_000 });
const HOUR = 3_600_000;

describe('parsePercentage', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [0.001, 1],
    [0.1, 100],
    [33.333, 33_333],
    [50, 50_000],
    [99.9, 99_900],
    [99.999, 99_999],
    [100, 100_000],
  ])('of %d is %i thousandths', (value, answer) => {
    expect(parsePercentage(value)).toBe(answer);
  });

  it.each([-0.001, 100.001, 101, 1000, 0.1 + 0.2, 33.3333, 1e-7, 1e21, 0.0001, NaN, Infinity])(
    'refuses %d',
    (value) => {
      const { code, message, errors } = failure(() => parsePercentage(value, 'ramp.to'));
      expect(code).toBe('invalid');
      expect(message).toContain(`${value} is not a percentage; accepted: a number from 0 to 100 with at most three`);
      expect(errors).toEqual([{ field: 'ramp.to', message }]);
    },
  );

  it('reads what formatPercentage writes, exactly', () => {
    for (let value = 0; value <= 100_000; value += 1) {
      if (parsePercentage(formatPercentage(value)) !== value)
        throw new Error(`${value} thousandths came back otherwise`);
    }
  });
});

describe('parseRamp', () => {
  const ramp = { start: '2026-03-01T09:00:00+02:00', end: '2026-03-08T07:00:00Z', from: 1, to: 100 };

  it('reads times in any time zone', () => {
    const share = {
      kind: 'ramp',
      startMs: Date.UTC(2026, 2, 1, 7),
      endMs: Date.UTC(2026, 2, 8, 7),
      fromThousandths: 1000,
      toThousandths: 100_000,
    };
    expect(parseRamp(ramp)).toEqual(share);
    expect(parseRamp({ ...ramp, start: '2026-02-28T23:00:00-08:00', end: '2026-03-08T16:00:00+09:00' })).toEqual(share);
  });

  it.each([
    ['ramp.start', { start: 'now' }],
    ['ramp.end', { end: '2026-03-08' }],
    ['ramp.end', { end: '2026-03-01T08:59:59.999+02:00' }],
    ['ramp.from', { from: 0.1234 }],
    ['ramp.to', { to: 101 }],
  ])('refuses a wrong %s', (field, wrong) => {
    const { code, errors } = failure(() => parseRamp({ ...ramp, ...wrong }));
    expect([code, errors.map((error) => error.field)]).toEqual(['invalid', [field]]);
  });
});

describe('shareAt', () => {
  const ramp = {
    kind: 'ramp',
    startMs: 1000,
    endMs: 1000 + 10 * HOUR,
    fromThousandths: 1000,
    toThousandths: 100_000,
  } as const;

  it.each([
    ['long before the start', -Infinity, 1000],
    ['just before the start', 999, 1000],
    ['at the start', 1000, 1000],
    ['a moment later', 1001, 1000],
    ['one hour later', 1000 + HOUR, 10_900],
    ['half-way', 1000 + 5 * HOUR, 50_500],
    ['just before the end', 999 + 10 * HOUR, 99_999],
    ['at the end', 1000 + 10 * HOUR, 100_000],
    ['long after the end', Infinity, 100_000],
  ])('of a ramp from 1 to 100 %%, %s', (_, nowMs, answer) => {
    expect(shareAt(ramp, nowMs)).toBe(answer);
  });

  it('of a fixed share is that share at all times', () => {
    expect(shareAt({ kind: 'fixed', thousandths: 20_000 }, 0)).toBe(20_000);
  });

  it('of a ramp that starts when it ends is a step', () => {
    const step = { ...ramp, endMs: 1000 };
    expect([999, 1000].map((nowMs) => shareAt(step, nowMs))).toEqual([1000, 100_000]);
  });

  it('is the floor of the straight line, also of falling ramps and of ramps over millennia', () => {
    const times = fc
      .tuple(fc.integer({ min: 0, max: 3e14 }), fc.nat(3e14), fc.nat(1000))
      .map(([startMs, size, part]) => {
        const nowMs = startMs + Math.floor((size / 1000) * part);
        return { startMs, endMs: startMs + size + 1, nowMs };
      });
    fc.assert(
      fc.property(times, thousandths, thousandths, ({ startMs, endMs, nowMs }, fromThousandths, toThousandths) => {
        const share: Share = { kind: 'ramp', startMs, endMs, fromThousandths, toThousandths };
        const [part, whole] = [BigInt(nowMs - startMs), BigInt(endMs - startMs)];
        const above = BigInt(fromThousandths) * whole + BigInt(toThousandths - fromThousandths) * part;
        expect(shareAt(share, nowMs)).toBe(Number(above / whole));
        expect(shareAt(share, nowMs + 0.5)).toBe(shareAt(share, nowMs));
        expect([shareAt(share, startMs), shareAt(share, endMs)]).toEqual([fromThousandths, toThousandths]);
      }),
    );
  });

  it('stays within shareBounds from then on', () => {
    const time = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(time, time, time, time, thousandths, thousandths, (start, length, now, later, from, to) => {
        const share: Share = {
          kind: 'ramp',
          startMs: start,
          endMs: start + length,
          fromThousandths: from,
          toThousandths: to,
        };
        const { least, greatest } = shareBounds(share, now);
        expect(shareAt(share, now + later)).toBeGreaterThanOrEqual(least);
        expect(shareAt(share, now + later)).toBeLessThanOrEqual(greatest);
      }),
    );
  });
});
