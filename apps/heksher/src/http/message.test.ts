import { LONGEST_MESSAGE, messageOf } from './message.js';

/** As Node gives the bytes of a header. */
const sent = (text: string): string => Buffer.from(text).toString('latin1');

it.each([
  ['plain text', 'for the sale', 'for the sale'],
  ['percent-encoded UTF-8', encodeURIComponent('für Äpfel, 50 % 😀'), 'für Äpfel, 50 % 😀'],
  ['bare UTF-8', sent('für Äpfel'), 'für Äpfel'],
  ['Latin-1, as browsers send it', 'f\xfcr', 'für'],
  ['a percent sign that begins no code', 'to 50% for all, 100%', 'to 50% for all, 100%'],
  ['white space around', '  why  ', 'why'],
  ['the longest', 'ß'.repeat(LONGEST_MESSAGE), 'ß'.repeat(LONGEST_MESSAGE)],
])('%s is read as it is meant', (_what, header, message) => {
  expect(messageOf(header)).toBe(message);
});

it.each([undefined, '', '%20 '])('%j is no message', (header) => {
  expect(messageOf(header)).toBeUndefined();
});

it.each(['two%0Alines', 'a%00b', 'a%C2%85b', 'a%E2%80%A8b', 'x'.repeat(LONGEST_MESSAGE + 1)])(
  '%j is refused by the name of the header',
  (header) => {
    expect(problemOf(header)).toMatchObject({ code: 'invalid', errors: [{ parameter: 'Heksher-Message' }] });
  },
);

function problemOf(header: string): unknown {
  try {
    return messageOf(header);
  } catch (error) {
    return error;
  }
}
