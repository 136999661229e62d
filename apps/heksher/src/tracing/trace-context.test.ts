import fc from 'fast-check';
import { formatTraceparent, parseTraceparent, sampledBit, traceparentOf } from './trace-context.js';

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
