import { connect } from 'node:net';

/**
 * A process that follows changes over many streams, and says when events came in: `stream-client.js PORT COUNT`. It sends `{"isReady":true}`
 * once all streams are open, and after each event that all of them have, when it came to each, in milliseconds of the monotonic clock.
 */
const [port = NaN, count = NaN] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
const ASKING = `GET /api/v1/changes HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`;

const CHANGE = Buffer.from('event: change');
const PLACE = Buffer.from('\nid: ');

/** All sockets are read into it, one after the other: to read a thousand must cost less than to write them. */
const INPUT = Buffer.alloc(65_536);

let arrivals: number[] = [];

function arrived(): void {
  arrivals.push(Number(process.hrtime.bigint()) / 1e6);
  if (arrivals.length < count) return;
  process.send?.({ arrivals });
  arrivals = [];
}

function openOne(): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const callback = (length: number): boolean => {
      const bytes = INPUT.subarray(0, length);
      if (bytes.includes(CHANGE)) arrived();
      else if (bytes.includes(PLACE)) resolve();
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: INPUT, callback } });
    socket.once('close', () => reject(new Error('a stream was closed')));
    socket.write(ASKING);
  });
}

for (let open = 0; open < count; open += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - open) }, openOne));
}
process.send?.({ isReady: true });
process.once('disconnect', () => process.exit());
