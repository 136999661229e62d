import fc from 'fast-check';
import { jsonText } from './json.js';
import { admittedBy } from './matcher.js';
import { admission, type Rollout } from './rollout.js';

const ROLLOUT: Rollout = {
  id: 1,
  feature: 'user',
  conditions: [
    ['account', 'jim'],
    ['theme', 'dark'],
  ],
  enabled: true,
  share: { kind: 'fixed', thousandths: 970 },
  members: new Set(['ann']),
  pattern: { source: '@example', test: (unit) => unit.includes('@example') },
  outcome: { kind: 'value', value: jsonText('true') },
  hash: 'murmur3',
  salt: 'new-checkout',
};
const CONTEXT = { account: 'jim', theme: 'dark', user: 'user-1' };

const admit = (change: Partial<Rollout>, context: Record<string, string>, nowMs = 0) =>
  admission({ ...ROLLOUT, ...change }, new Map(Object.entries(context)), nowMs);

describe('admission', () => {
  /** Bucket 970 of user-1 is the first that 0.970 % leaves out. */
  const user1 = { unit: 'user-1', bucket: 970 };
  const fixed = (thousandths: number) => ({ share: { kind: 'fixed', thousandths } }) as const;

  it.each([
    ['of a bucket below', fixed(971), {}, { admitted: true, by: 'percentage', ...user1, thousandths: 971 }],
    [
      'of the bucket at the percentage',
      {},
      {},
      { admitted: false, because: 'bucket', ...user1, thousandths: 970, membersKnown: true },
    ],
    [
      'where members are not known',
      { members: null },
      {},
      { admitted: false, because: 'bucket', ...user1, thousandths: 970, membersKnown: false },
    ],
    ['of a member', { members: new Set(['user-1']) }, {}, { admitted: true, by: 'member', ...user1, thousandths: 970 }],
    ['when disabled', { enabled: false, members: new Set(['user-1']) }, {}, { admitted: false, because: 'disabled' }],
    [
      'by the first condition that fails',
      {},
      { theme: 'light', account: 'bob' },
      { admitted: false, because: 'condition', condition: ['account', 'jim'] },
    ],
  ] as const)('%s', (_, change, context, answer) => {
    expect(admit(change, { ...CONTEXT, ...context })).toStrictEqual(answer);
  });

  it('needs the feature of the unit, even at 100 %', () => {
    const { account, theme } = CONTEXT;
    expect(admit(fixed(100_000), { account, theme })).toStrictEqual({ admitted: false, because: 'no-unit' });
  });

  it('is by the pattern where the unit is no member', () => {
    const context = { ...CONTEXT, user: 'bob@example' };
    expect(admit({}, context)).toMatchObject({ admitted: true, by: 'pattern', unit: 'bob@example' });
    expect(admit({ members: new Set(['bob@example']) }, context)).toMatchObject({ admitted: true, by: 'member' });
    expect(admit({ pattern: undefined }, context)).toMatchObject({ admitted: false, because: 'bucket' });
  });

  it('follows a ramp by the clock', () => {
    const share = { kind: 'ramp', startMs: 0, endMs: 100_000, fromThousandths: 0, toThousandths: 100_000 } as const;
    expect(admit({ share }, CONTEXT, 970)).toMatchObject({ admitted: false, thousandths: 970 });
    expect(admit({ share }, CONTEXT, 971)).toMatchObject({ admitted: true, thousandths: 971 });
    expect(admit({ share }, CONTEXT, 200_000)).toMatchObject({ admitted: true, thousandths: 100_000 });
  });

  it('agrees with admittedBy wherever the conditions hold', () => {
    const thousandths = fc.constantFrom(0, 1, 50_000, 99_001, 100_000);
    const hash = fc.constantFrom('murmur3' as const, 'crc32' as const);
    const user = fc.oneof(fc.string(), fc.constantFrom('ann', 'bob@example'));
    fc.assert(
      fc.property(thousandths, hash, user, (share, kind, unit) => {
        const rollout = { ...ROLLOUT, ...fixed(share), hash: kind };
        const answer = admission(rollout, new Map(Object.entries({ ...CONTEXT, user: unit })), 0);
        expect(answer.admitted ? answer.by : undefined).toBe(admittedBy(rollout, unit, 0));
      }),
    );
  });
});
