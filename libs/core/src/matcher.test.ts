import { admitsEverybody, admittedBy, describeAdmission, drawOf, isTimed, type Matchers, remarksOn, whomAdmitted } from './matcher.js'; // prettier-ignore

const NONE: Matchers = {
  members: new Set(),
  pattern: undefined,
  share: { kind: 'fixed', thousandths: 0 },
  hash: 'murmur3',
  salt: 'new-checkout',
};
const ANN = { members: new Set(['ann']) };
const PATTERN = { pattern: { source: '^a', test: (unit: string) => unit.startsWith('a') } };
const share = (thousandths: number) => ({ share: { kind: 'fixed', thousandths } as const });
const ramp = (endMs: number, toThousandths: number) => ({
  share: { kind: 'ramp', startMs: 0, endMs, fromThousandths: 0, toThousandths } as const,
});
const WEEK = 7 * 86_400_000;

it.each<[given: Partial<Matchers>, unit: string, by: ReturnType<typeof admittedBy>]>([
  [{}, 'ann', undefined],
  [ANN, 'ann', 'member'],
  [{ ...ANN, ...PATTERN, ...share(100_000) }, 'ann', 'member'],
  [{ ...ANN, ...PATTERN, ...share(100_000) }, 'abe', 'pattern'],
  [{ ...ANN, ...PATTERN, ...share(100_000) }, 'bob', 'percentage'],
  [{ members: null }, 'ann', undefined],
  // The vector of the concept: user-1 falls into bucket 970.
  [share(970), 'user-1', undefined],
  [share(971), 'user-1', 'percentage'],
])('%j admits %s by %s', (given, unit, by) => {
  expect(admittedBy({ ...NONE, ...given }, unit, 0)).toBe(by);
});

it.each<[given: Partial<Matchers>, nowMs: number, isEverybody: boolean, whom: readonly string[]]>([
  [{}, 0, false, []],
  [ANN, 0, false, ['its members']],
  [{ members: null }, 0, false, ['its members']],
  [PATTERN, 0, false, ['units with its pattern']],
  [share(99_999), 0, false, ['its share of the units']],
  [share(100_000), 0, true, ['its share of the units']],
  [{ ...share(99_001), hash: 'crc32' }, 0, true, ['its share of the units']],
  [{ ...share(99_000), hash: 'crc32' }, 0, false, ['its share of the units']],
  [ramp(1_000, 100_000), 0, false, ['its share of the units']],
  [ramp(1_000, 100_000), 1_000, true, ['its share of the units']],
  [ramp(1_000, 0), 1_000, false, []],
])('%j from %d ms on admits everybody: %s, or %j', (given, nowMs, isEverybody, whom) => {
  const matchers = { ...NONE, ...given };
  expect(admitsEverybody(matchers, nowMs)).toBe(isEverybody);
  expect(whomAdmitted(matchers, nowMs)).toEqual(whom);
});

it('what is left out admits nobody', () => {
  expect(whomAdmitted({ ...NONE, ...ANN, ...share(5) }, 0, 'member')).toEqual(['its share of the units']);
});

it.each([
  ['member', 'is a member'],
  ['pattern', 'has the pattern "^a"'],
  ['percentage', 'falls at 0.97 %, below the 20 % of the rollout'],
  [undefined, 'falls at 0.97 %, not below the 20 % of the rollout'],
] as const)('a unit admitted by %s %s', (by, text) => {
  const matchers = { ...NONE, ...PATTERN, ...share(20_000) };
  expect(describeAdmission(matchers, by, drawOf(matchers, 'user-1', 0))).toBe(text);
});

it.each<[given: Partial<Matchers>, nowMs: number, remarks: readonly string[]]>([
  [{}, 0, ['is at 0 %: it admits nobody']],
  [{ ...ANN, ...PATTERN }, 0, ['is at 0 %: it admits its members and units with its pattern only']],
  [share(1), 0, []],
  [share(100_000), 0, ['is at 100 %: it admits everybody whose user is known']],
  [ramp(1_000, 50_000), 1_000 + WEEK - 1, []],
  [ramp(1_000, 50_000), 1_000 + WEEK, ['has a ramp that ended at 1970-01-01T00:00:01.000Z: a percentage of 50 says the same']], // prettier-ignore
])('of %j at %d ms lint says %j', (given, nowMs, remarks) => {
  expect(remarksOn({ ...NONE, feature: 'user', ...given }, nowMs).map(({ what }) => what)).toEqual(remarks);
});

it('only a ramp depends on the clock', () => {
  expect([isTimed(NONE), isTimed({ ...NONE, ...ramp(1_000, 0) })]).toEqual([false, true]);
});
