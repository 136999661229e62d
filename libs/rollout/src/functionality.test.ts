import { crc32 as zlibCrc32 } from 'node:zlib';
import { crc32 } from '@heksher/core';
import fc from 'fast-check';
import { RolloutError } from './errors.js';
import {
  changed,
  checkName,
  checkPercentage,
  checkVariants,
  decide,
  defined,
  type Functionality,
  isWithin,
} from './functionality.js';

const FUNCTIONALITY: Functionality = {
  name: 'cdc_on',
  enabled: true,
  percentage: 0,
  variants: [],
  check: undefined,
  patterns: [],
};

describe('isWithin', () => {
  /** `zlib.crc32(id.encode()) % 100` of Python. */
  it.each([
    ['444401', 85],
    ['44488', 88],
    ['443301', 5],
    ['447568110000', 5],
    ['übung', 73],
    ['用户', 81],
  ])('puts %s into bucket %i, which a percentage above has and one of the same number has not', (id, bucket) => {
    expect(isWithin(bucket, id)).toBe(false);
    expect(isWithin(bucket + 1, id)).toBe(true);
  });

  it('hashes as zlib does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        expect(crc32(id)).toBe(zlibCrc32(id));
      }),
    );
  });

  it('admits nobody at 0 and everybody at 100, and who is in at one percentage is in at all above', () => {
    const share = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.string(), share, share, (id, one, other) => {
        expect(isWithin(0, id)).toBe(false);
        expect(isWithin(100, id)).toBe(true);
        if (isWithin(Math.min(one, other), id)) expect(isWithin(Math.max(one, other), id)).toBe(true);
      }),
    );
  });
});

describe('decide', () => {
  const refused = { isEnabled: false, variant: undefined };
  it.each<[string, Partial<Functionality>, string | undefined, boolean, boolean]>([
    ['refuses all while it is off', { enabled: false, percentage: 100, patterns: [/x/] }, 'x', true, false],
    ['asks nothing but the switch without a unit', {}, undefined, false, true],
    ['refuses by the switch without a unit', { enabled: false }, undefined, false, false],
    ['admits everybody at 100 %', { percentage: 100 }, '444401', false, true],
    ['admits who is registered', {}, '444401', true, true],
    ['admits by any pattern', { patterns: [/^x/, /01$/] }, '444401', false, true],
    ['admits by the percentage', { percentage: 86 }, '444401', false, true],
    ['refuses all others', { percentage: 85, patterns: [/^x/] }, '444401', false, false],
  ])('%s', (_, change, unit, isRegistered, isEnabled) => {
    expect(decide({ ...FUNCTIONALITY, ...change }, unit, isRegistered)).toEqual({ isEnabled, variant: undefined });
  });

  it('gives each unit one of the variants, by its CRC-32, and none where it refuses', () => {
    const variants = ['a', 'b', 'c'];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (unit) => {
        const variant = variants[zlibCrc32(unit) % 3];
        expect(decide({ ...FUNCTIONALITY, variants, percentage: 100 }, unit, false)).toEqual({
          isEnabled: true,
          variant,
        });
        expect(decide({ ...FUNCTIONALITY, variants }, unit, false)).toEqual(refused);
      }),
    );
  });
});

describe('defined and changed', () => {
  const before = { ...FUNCTIONALITY, percentage: 5, variants: ['a'], patterns: [/x/], enabled: false };
  const nothing = { percentage: undefined, variants: undefined, check: undefined, reset: false };

  it('give the very same one where nothing changes', () => {
    expect(defined('cdc_on', before, nothing)).toBe(before);
    expect(defined('cdc_on', before, { ...nothing, percentage: 5, variants: ['a'] })).toBe(before);
    expect(changed(before, { kind: 'switch', enabled: false })).toBe(before);
    expect(changed(before, { kind: 'percentage', percentage: 5 })).toBe(before);
    expect(changed(before, { kind: 'pattern', pattern: /x/ })).toBe(before);
  });

  it('take flags for a part of a pattern', () => {
    expect(changed(before, { kind: 'pattern', pattern: /x/i }).patterns).toEqual([/x/, /x/i]);
  });

  it('begin again after a reset', () => {
    expect(defined('cdc_on', before, { ...nothing, reset: true })).toEqual({ ...FUNCTIONALITY, percentage: 100 });
  });
});

describe('refused with the name of the functionality and what was given:', () => {
  it.each([-1, 101, 0.5, NaN, Infinity, '50', null, undefined, true])('the percentage %j', (percentage) => {
    const check = (): number => checkPercentage('cdc_on', percentage as number);
    expect(check).toThrow(RolloutError);
    expect(check).toThrow(/"cdc_on": .+ is not a percentage; accepted: a whole number from 0 to 100/);
  });

  it.each([[['a', 'a']], [['']], [[1]], ['ab'], [null], [['\ud800']]])('the variants %j', (variants) => {
    expect(() => checkVariants('cdc_on', variants as string[])).toThrow('"cdc_on"');
  });

  it.each(['', '\udc00', 'a\ud800b', 5, null])('the name %j', (name) => {
    expect(() => checkName(name as string)).toThrow('is no name of a functionality');
  });
});
