import { invalid, quoted } from './errors.js';

const RULE = 'an RFC 3339 time with its offset, of the years 0001 to 9999, such as 2026-03-01T09:00:00+02:00';
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const PATTERN =
  /^(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * Reads an RFC 3339 time into milliseconds since 1970; what is finer than a millisecond is cut off. A leap second, which
 * can only be the last of a day in UTC, is the first of the next day. Throws 'invalid'; `field` names the time there.
 */
export function parseInstant(text: string, field?: string): number {
  const [match, date = '', minute = '', second = '', fraction = '', sign, hours, minutes] = PATTERN.exec(text) ?? [];
  const midnight = Date.parse(`${date}T00:00:00.000Z`);
  const isDate = match !== undefined && !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
  const local = Date.parse(`${date}T${minute}:00.000Z`) + Number(second) * 1000;
  const offset = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const whole = local - offset;
  const isSecond = second !== '60' || whole % 86_400_000 === 0;
  const instant = whole + Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (isDate && isSecond && instant >= EARLIEST && instant <= LATEST) return instant;
  throw invalid(`${quoted(text)} is not a time; accepted: ${RULE}`, field);
}

/** The RFC 3339 text in UTC, with milliseconds. */
export function formatInstant(instant: number): string {
  return new Date(instant).toISOString();
}
