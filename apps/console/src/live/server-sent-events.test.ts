import fc from 'fast-check';
import { EventParser } from './server-sent-events.js';

const STREAM = [
  'retry: 2000\n\n',
  'id: 5-9f3a61c2\nevent: change\ndata: {"seq":5}\n\n',
  ': keep-alive\n\n',
  'event: reset\r\ndata: {}\r\n\r\n',
  'data: one\ndata: two\n\n',
].join('');

const EVENTS = [
  { retryMs: 2000 },
  { id: '5-9f3a61c2', event: 'change', data: '{"seq":5}' },
  { id: '5-9f3a61c2', event: 'reset', data: '{}' },
  { id: '5-9f3a61c2', event: 'message', data: 'one\ntwo' },
];

it('reads the same events, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), STREAM.length];
      const parser = new EventParser();
      const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
      expect(pieces.flatMap((piece) => [...parser.read(piece)])).toEqual(EVENTS);
    }),
  );
});

it('keeps an event back until its last line has come', () => {
  const parser = new EventParser();
  expect([...parser.read('data: one\n')]).toEqual([]);
  expect([...parser.read('\n')]).toEqual([{ id: '', event: 'message', data: 'one' }]);
});
