// The first change of a setting that comes over a stream of server-sent events, read with Node's own fetch.

import { TextDecoderStream } from 'node:stream/web';

const url = process.env.HEKSHER_URL ?? 'http://localhost:8080';
const [after = '0'] = process.argv.slice(2);

const response = await fetch(`${url}/api/v1/changes`, {
  headers: { Accept: 'text/event-stream', 'Last-Event-ID': after },
});
let text = '';
reading: for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
  const blocks = (text + piece).split('\n\n');
  text = blocks.pop();
  for (const block of blocks) {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s)));
    if (fields.event !== 'change') continue;
    const { settings, changes } = JSON.parse(fields.data);
    if (settings.length === 0) continue;
    console.log(`${settings.join(', ')}: ${changes[0].kind} ${changes[0].op}`);
    break reading;
  }
}
process.exit();
