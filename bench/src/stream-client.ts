import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * A process that follows changes over many streams, and says when events came in: `stream-client.js PORT COUNT`. It sends `{"isReady":true}`
 * once all streams are open, and after each event that all of them have, when it came to each, in milliseconds of the monotonic clock.
 */
const [port = NaN, count = NaN] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
const ASKING = `GET /api/v1/changes HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`;

let arrivals: number[] = [];

function arrived(): void {
  arrivals.push(Number(process.hrtime.bigint()) / 1e6);
  if (arrivals.length < count) return;
  process.send?.({ arrivals });
  arrivals = [];
}

async function openOne(): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const placed = new Promise<void>((resolve, reject) => {
    socket.once('close', () => reject(new Error('a stream was closed')));
    socket.on('data', (bytes: Buffer) => {
      if (bytes.includes('event: change')) arrived();
      else if (bytes.includes('\nid: ')) resolve();
    });
  });
  socket.write(ASKING);
  await placed;
}

for (let open = 0; open < count; open += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - open) }, openOne));
}
process.send?.({ isReady: true });
process.once('disconnect', () => process.exit());
