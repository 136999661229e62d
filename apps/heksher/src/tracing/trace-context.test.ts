import fc from 'fast-check';
import { formatTraceparent, parseTraceparent, sampledBit, traceparentOf, tracestateOf } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;

test('what is formatted is parsed, and its bit is seen without parsing', () => {
  const id = (length: number): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => /[^0]/.test(text));
  const parents = fc.record({ traceId: id(32), spanId: id(16), isSampled: fc.boolean() });
  fc.assert(
    fc.property(parents, (parent) => {
      const text = formatTraceparent(parent);
      expect([parseTraceparent(text), sampledBit(text)]).toEqual([parent, parent.isSampled]);
    }),
  );
});

test('the bit is that of the flags, whichever others are set', () => {
  for (let flags = 0; flags < 256; flags += 1) {
    const text = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, '0')}`;
    expect([text, sampledBit(text), parseTraceparent(text)?.isSampled]).toEqual([
      text,
      flags % 2 === 1,
      flags % 2 === 1,
    ]);
  }
});

test.each([
  ['nothing', ''],
  ['a version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
  ['capital letters', SAMPLED.toUpperCase()],
  ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['more than version 00 has', `${SAMPLED}-more`],
  ['two of them, as Node joins headers', `${SAMPLED}, ${SAMPLED}`],
  ['less', SAMPLED.slice(0, -1)],
])('%s is no traceparent', (_what, text) => {
  expect([parseTraceparent(text), traceparentOf(text)]).toEqual([undefined, undefined]);
});

test('a later version may have more, which is not handed on', () => {
  const later = `01-${TRACE}-${SPAN}-01-what-the-future-brings`;
  expect([parseTraceparent(later), traceparentOf(later)]).toEqual([
    { traceId: TRACE, spanId: SPAN, isSampled: true },
    SAMPLED,
  ]);
});

const members = (count: number, length = 8): readonly string[] =>
  Array.from({ length: count }, (_, place) => `k${place}=`.padEnd(length, 'v'));

test.each([
  ['one member', 'vendor=t61', 'vendor=t61'],
  ['several, as Node joins headers', 'a=1, tenant@vendor=2 ,\tc=x y', 'a=1,tenant@vendor=2,c=x y'],
  ['members that are empty', ',a=1,,', 'a=1'],
  ['as many as there may be', members(32).join(','), members(32).join(',')],
  ['too much text: first without the longest', [...members(3, 200), 'x=1'].join(','), 'x=1'],
  ['too much text: then without the last', members(6, 100).join(','), members(5, 100).join(',')],
])('a tracestate of %s is handed on', (_what, text, expected) => {
  expect(tracestateOf(text)).toBe(expected);
});

test.each([
  ['nothing', ''],
  ['no member', ' , '],
  ['a member without a value', 'a=1,b='],
  ['one without a key', '=1'],
  ['a key in capitals', 'Vendor=1'],
  ['a key twice', 'a=1,a=2'],
  ['more members than there may be', members(33).join(',')],
  ['a second sign of equality', 'a=b=c'],
  ['what is not ASCII', 'a=\u00e9'],
  ['a key that is too long', `${'k'.repeat(257)}=1`],
])('%s is no tracestate', (_what, text) => {
  expect(tracestateOf(text)).toBeUndefined();
});
