// Follows what is changed in Heksher, and remembers how far it has come.
//
//   node examples/follow-changes.mjs [cursor]    all that there is, or what comes after a cursor; then goes on as it comes
//   node examples/follow-changes.mjs 0 once      stops when nothing more is there
//
// Node's own fetch is all it takes: one request is held open until something is changed.

import { setTimeout as sleep } from 'node:timers/promises';

const url = process.env.HEKSHER_URL ?? 'http://localhost:8080';
const [start = '0', once] = process.argv.slice(2);

let cursor = start;
for (;;) {
  const wait = once === undefined ? 30 : 0;
  const response = await fetch(`${url}/api/v1/changes?after=${cursor}&wait=${wait}`);
  if (!response.ok) {
    // Too many follow already, or the database is away: the answer says when to come back.
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 5));
    continue;
  }
  const { changes, next, reset } = await response.json();
  if (reset) console.log('another history: read everything anew');
  for (const { settings, changes: details } of changes) {
    for (const { kind, op } of details) console.log(`${settings.join(', ') || '-'}: ${kind} ${op}`);
  }
  // Keep it where you keep what you made of the changes: after a crash you go on from here.
  cursor = next;
  if (once !== undefined && changes.length === 0) break;
}
