/** ± digits × 10^exponent, exactly: the digits have no zeros at either end, but that zero is "0". */
type Decimal = Readonly<{ sign: '' | '-'; digits: string; exponent: bigint }>;

/** A number of at most this many digits, without an exponent, is exact as a double. */
const EXACT_DIGITS = 15;

/** JavaScript writes larger whole numbers with an exponent, and no double in more digits than these. */
const LONGEST_PLAIN = 21;
const LONGEST_DOUBLE = 17;

/**
 * A JSON number in canonical text: the same for equal numbers, and for no others, of whatever size. It is what JavaScript
 * writes where a double holds the number exactly: `1.50` is `1.5`, `-0` is `0`, `1e21` is `1e+21`.
 */
export function canonicalNumber(text: string): string {
  if (text.length <= EXACT_DIGITS && !/[eE]/.test(text)) return String(Number(text));
  const { sign, digits, exponent } = decimalOf(text);
  const size = exponent + BigInt(digits.length);
  if (isWrittenOut(digits.length, exponent, size)) return sign + digits + '0'.repeat(Number(exponent));
  if (exponent < 0n && 0n < size && size <= LONGEST_PLAIN) {
    return `${sign}${digits.slice(0, Number(size))}.${digits.slice(Number(size))}`;
  }
  if (-6n < size && size <= 0n) return `${sign}0.${'0'.repeat(Number(-size))}${digits}`;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits.charAt(0)}${fraction}e${size > 0n ? '+' : ''}${size - 1n}`;
}

/** Whether a JSON number is a whole one, as `1.0` and `1e2` are. */
export function isWholeNumber(text: string): boolean {
  return isInteger(text) || decimalOf(text).exponent >= 0n;
}

/** Of many numbers, a loop takes a third of the time of a regular expression. */
function isInteger(text: string): boolean {
  for (let at = text.length - 1; at > 0; at -= 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** A few bytes such as 1e300 must not become hundreds of digits. */
function isWrittenOut(length: number, exponent: bigint, size: bigint): boolean {
  if (exponent < 0n) return false;
  return size <= LONGEST_PLAIN || (length > LONGEST_DOUBLE && exponent <= LONGEST_PLAIN);
}

/** In linear time, but for exponents of thousands of digits. */
function decimalOf(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const written = whole + fraction;
  const isZero = (at: number): boolean => written.charCodeAt(at) === 0x30;
  let end = written.length;
  while (end > 0 && isZero(end - 1)) end -= 1;
  if (end === 0) return { sign: '', digits: '0', exponent: 0n };
  let start = 0;
  while (isZero(start)) start += 1;
  return {
    sign: text.startsWith('-') ? '-' : '',
    digits: written.slice(start, end),
    exponent: BigInt(exponent) + BigInt(whole.length - end),
  };
}
