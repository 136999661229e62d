import fc from 'fast-check';
import { EventLines, type Heard } from './event-lines.js';

/** What is heard of a text that comes in these pieces: how often a change, and the last pause. */
function hear(...pieces: readonly string[]) {
  const lines = new EventLines();
  const heard: Heard[] = pieces.map((piece) => lines.hear(piece));
  const retries = heard.flatMap(({ retryMs }) => (retryMs === undefined ? [] : [retryMs]));
  return [heard.filter(({ hasChanged }) => hasChanged).length, retries.at(-1)];
}

it.each<[what: string, pieces: readonly string[], heard: readonly unknown[]]>([
  ['an event', ['id: 7-a\nevent: change\ndata: {}\n\n'], [1, undefined]],
  ['an event in two pieces', ['event: change\nda', 'ta: {}\n\n'], [1, undefined]],
  ['events in pieces of their own', ['data\n\n', 'data:{}\n\n'], [2, undefined]],
  ['the end of a line in two pieces', ['data: x\r', '\n\r', '\n'], [1, undefined]],
  ['where the stream begins, once', ['retry: 2000\n\n', 'id: 7-a\n\n', 'id: 8-a\n: keep-alive\n\n'], [1, 2000]],
  ['a comment', [': keep-alive\n\n'], [0, undefined]],
  ['an event without data', ['event: change\n\n'], [0, undefined]],
  ['half an event', ['data: {}\n'], [0, undefined]],
  ['a pause', ['retry:500\n\n'], [0, 500]],
  ['no pause', ['retry: soon\n\nretry: -1\n\nretry: 99999999999\n\n'], [0, undefined]],
  ['another field', ['database: x\n\nidea\n\n'], [0, undefined]],
])('hears %s', (_, pieces, heard) => {
  expect(hear(...pieces)).toEqual(heard);
});

it('hears the same however a text is cut, and of a long line does not keep the rest', () => {
  const text = `retry: 2000\r\n\r\nid: 7-a\n\nevent: change\rdata: ${'x'.repeat(300)}\r\r: k\n\n`;
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
      const lines = new EventLines();
      const heard = pieces.map((piece) => lines.hear(piece));
      expect(heard.some(({ hasChanged }) => hasChanged)).toBe(true);
      expect(heard.flatMap(({ retryMs }) => retryMs ?? [])).toEqual([2000]);
      expect(JSON.stringify(lines).length).toBeLessThan(400);
    }),
  );
});
