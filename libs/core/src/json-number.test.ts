import fc from 'fast-check';
import { canonicalNumber, isWholeNumber } from './json-number.js';

/** A number as numerator and denominator, without rounding: a second way to the same. */
function fractionOf(text: string): readonly [bigint, bigint] {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text) ?? [];
  const exponent = BigInt(power) - BigInt(fraction.length);
  const digits = BigInt(sign + whole + fraction);
  return exponent >= 0n ? [digits * 10n ** exponent, 1n] : [digits, 10n ** -exponent];
}

function areEqual(a: string, b: string): boolean {
  const [[aAbove, aBelow], [bAbove, bBelow]] = [fractionOf(a), fractionOf(b)];
  return aAbove * bBelow === bAbove * aBelow;
}

const digits = (maxLength: number) =>
  fc.array(fc.constantFrom('0', '0', '0', '1', '9'), { minLength: 1, maxLength }).map((list) => list.join(''));

const numbers = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(30).map((text) => text.replace(/^0+(?=.)/, '')),
    fc.option(digits(30)),
    fc.option(fc.tuple(fc.constantFrom('', '+', '-'), fc.oneof(fc.nat(40).map(String), digits(2)))),
  )
  .map(([sign, whole, fraction, power]) => {
    const decimals = fraction === null ? '' : `.${fraction}`;
    return sign + whole + decimals + (power === null ? '' : `e${power.join('')}`);
  });

describe('canonicalNumber', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.0e99', '0'],
    ['1.50', '1.5'],
    ['1e2', '100'],
    ['100.00', '100'],
    ['1e21', '1e+21'],
    ['12e20', '1.2e+21'],
    ['0.0000001', '1e-7'],
    ['0.000001', '0.000001'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993.0', '-9007199254740993'],
    ['9007199254740993.5', '9007199254740993.5'],
    ['1000000000000000000000000000000', '1e+30'],
    ['1000000000000000000000000000001', '1000000000000000000000000000001'],
    ['1234567890123456789e21', '1234567890123456789000000000000000000000'],
    ['1234567890123456789e999999999', '1.234567890123456789e+1000000017'],
    ['1e-99999999999999999999', '1e-99999999999999999999'],
    ['10e-100000000000000000000', '1e-99999999999999999999'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['0.99999999999999999999', '0.99999999999999999999'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  it('is equal for equal numbers only, is that number, and stays as it is', () => {
    const pairs = fc.oneof(
      fc.tuple(numbers, numbers),
      numbers.map((text) => [text, respelled(text)] as const),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const canonical = canonicalNumber(a);
        expect(canonical === canonicalNumber(b)).toBe(areEqual(a, b));
        expect(areEqual(canonical, a)).toBe(true);
        expect(canonicalNumber(canonical)).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  it('is what JavaScript writes, where a double holds the number exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(canonicalNumber(JSON.stringify(value))).toBe(JSON.stringify(value));
        expect(canonicalNumber(value.toExponential())).toBe(String(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['digits', '9'.repeat(1 << 20)],
    ['zeros', `1${'0'.repeat(1 << 20)}`],
    ['decimals', `1.${'0'.repeat(1 << 20)}1`],
    ['zeros between', `1.${'01'.repeat(1 << 19)}00`],
    ['digits of the exponent', `1e${'9'.repeat(1 << 20)}`],
  ])('takes a megabyte of %s, which would not end if each character looked at all', (_, text) => {
    expect(canonicalNumber(text).length).toBeLessThanOrEqual(text.length + 30);
    isWholeNumber(text);
  });
});

/** The same number with its point moved. */
function respelled(text: string): string {
  const [mantissa = '', power = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return `${whole}${fraction}0`.replace(/^(-?)0+(?=.)/, '$1') + `e${Number(power) - fraction.length - 1}`;
}

describe('isWholeNumber', () => {
  it.each(['0', '-0', '1.0', '1e2', '1.50e1', '0e-5', '0.0', '1e300', '9007199254740993', `1${'0'.repeat(999)}`])(
    '%s is one',
    (text) => {
      expect(isWholeNumber(text)).toBe(true);
    },
  );

  it.each(['0.5', '1e-1', '9007199254740993.5', '0.99999999999999999999', '10.5e0', '1e-400'])(
    '%s is not one',
    (text) => {
      expect(isWholeNumber(text)).toBe(false);
    },
  );
});
