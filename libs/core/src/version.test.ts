import fc from 'fast-check';
import { compareVersions, formatVersion, parseStoredVersion, parseVersion } from './version.js';

const numbers = fc.integer({ min: 0, max: 999_999_999 });
const versions = fc.record({ major: numbers, minor: numbers });

describe('versions', () => {
  it.each([
    ['1.0', '1.0'],
    ['0.0', '0.0'],
    ['01.010', '1.10'],
    ['999999999.999999999', '999999999.999999999'],
  ])('%j is the version %s', (text, canonical) => {
    expect(formatVersion(parseVersion(text))).toBe(canonical);
  });

  it.each([
    '',
    '1',
    '1.',
    '.1',
    '1.0.0',
    '1.0\n',
    ' 1.0',
    '+1.0',
    '-1.0',
    '1,0',
    '1.x',
    '1234567890.0',
    '1.1234567890',
    '١.٠',
  ])('refuses %j', (text) => {
    expect(() => parseVersion(text)).toThrow(
      `${JSON.stringify(text)} is not a version; accepted: MAJOR.MINOR, two whole numbers of at most 9 digits, such as 1.0`,
    );
  });

  it.each([
    ['1.9', '1.10', -1],
    ['1.10', '1.9', 1],
    ['2.0', '1.99', 1],
    ['01.0', '1.0', 0],
  ])('compares %s with %s as numbers', (a, b, sign) => {
    expect(Math.sign(compareVersions(parseVersion(a), parseVersion(b)))).toBe(sign);
  });

  it('reads back what it wrote, in strict and in lenient reading', () => {
    fc.assert(
      fc.property(versions, (version) => {
        expect(parseVersion(formatVersion(version))).toEqual(version);
        expect(parseStoredVersion(formatVersion(version))).toEqual(version);
      }),
    );
  });

  it('orders totally', () => {
    const close = fc.record({ major: fc.nat(2), minor: fc.nat(2) });
    fc.assert(
      fc.property(close, close, close, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(formatVersion(a) === formatVersion(b));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it.each([
    ['12345678901.7', '12345678901.7'],
    [`${'9'.repeat(400)}.1`, '9007199254740991.1'],
    ['', '1.0'],
    ['3', '1.0'],
    ['v2.0', '1.0'],
  ])('reads the stored %j as %s', (text, canonical) => {
    expect(formatVersion(parseStoredVersion(text))).toBe(canonical);
  });
});
