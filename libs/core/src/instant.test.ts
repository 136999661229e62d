import fc from 'fast-check';
import { HeksherError } from './errors.js';
import { formatInstant, parseInstant } from './instant.js';

const failure = (read: () => unknown): HeksherError => {
  try {
    read();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('parseInstant', () => {
  it.each([
    ['2026-03-01T09:00:00+02:00', '2026-03-01T07:00:00.000Z'],
    ['2026-03-01T09:00:00-05:30', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01t09:00:00z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T09:00:00-00:00', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
    ['2026-03-01T09:00:00.5Z', '2026-03-01T09:00:00.500Z'],
    ['2026-03-01T09:00:00.123999Z', '2026-03-01T09:00:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T18:59:60.25-05:00', '2017-01-01T00:00:00.250Z'],
  ])('reads %s as %s', (text, utc) => {
    expect(formatInstant(parseInstant(text))).toBe(utc);
  });

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '2026-03-01T09:00Z',
    '2026-03-01 09:00:00Z',
    '2026-03-01T09:00:00 Z',
    ' 2026-03-01T09:00:00Z',
    '2026-03-01T09:00:00Z\n',
    '2026-03-01T09:00:00.Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T09:60:00Z',
    '2026-03-01T09:00:61Z',
    '2026-03-01T09:00:60Z',
    '2026-03-01T09:00:00+24:00',
    '2026-03-01T09:00:00+02:60',
    '2026-03-01T09:00:00+0200',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+12026-03-01T09:00:00Z',
    '٢٠٢٦-03-01T09:00:00Z',
  ])('refuses %j', (text) => {
    const { code, message, errors } = failure(() => parseInstant(text, 'ramp.start'));
    expect(code).toBe('invalid');
    expect(message).toContain(`${JSON.stringify(text)} is not a time; accepted: an RFC 3339 time with its offset`);
    expect(errors).toEqual([{ field: 'ramp.start', message }]);
  });

  it('gives the same instant in every time zone', () => {
    const date = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
    const pad = (value: number) => String(value).padStart(2, '0');
    fc.assert(
      fc.property(date, fc.integer({ min: -1439, max: 1439 }), (utc, offset) => {
        const local = formatInstant(utc.getTime() + offset * 60_000).slice(0, -1);
        const [sign, size] = [offset < 0 ? '-' : '+', Math.abs(offset)];
        const text = `${local}${sign}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        expect(parseInstant(text)).toBe(utc.getTime());
      }),
    );
  });
});
