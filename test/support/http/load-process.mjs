/**
 * Asks for one URL at a steady rate, in a process of its own, until its input ends; then prints as JSON what came of it:
 * node load-process.mjs URL PER_SECOND CONNECTIONS. A connection asks for one thing at a time. Of a client library it would be the library
 * that sets the rate; this one reads of an answer its status and its length.
 */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setInterval, setTimeout } from 'node:timers';
import { URL } from 'node:url';

const [address = '', perSecond = '', connections = ''] = process.argv.slice(2);
const { hostname, port, pathname, search, host } = new URL(address);
const REQUEST = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const TIMEOUT_MS = 20_000;

const startedAt = performance.now();
let stoppedAt = Infinity;
let sent = 0;
let answered = 0;
/** How many requests were due at the worst moment while all connections waited. */
let mostLate = 0;
const failures = {};
const idle = [];
let busy = 0;

function open() {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = '';
  let isAsked = false;
  let isEnded = false;
  const ask = () => {
    isAsked = true;
    busy += 1;
    sent += 1;
    socket.setTimeout(TIMEOUT_MS).write(REQUEST);
  };
  const answer = () => {
    const end = received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = received.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? NaN);
    if (received.length < end + 4 + length) return;
    const status = head.slice(9, 12);
    if (status !== '200' || Number.isNaN(length)) fail(`status ${status}`);
    answered += 1;
    received = '';
    isAsked = false;
    busy -= 1;
    if (/\r\nconnection: close/i.test(head)) return close();
    socket.setTimeout(0);
    idle.push(ask);
    work();
  };
  const close = (reason) => {
    if (isEnded) return;
    isEnded = true;
    socket.destroy();
    const place = idle.indexOf(ask);
    if (place !== -1) idle.splice(place, 1);
    if (isAsked) {
      busy -= 1;
      fail(reason);
    }
    if (stoppedAt === Infinity) setTimeout(open, socket.bytesRead === 0 ? 100 : 0);
  };
  socket.setEncoding('latin1');
  socket.on('connect', () => (idle.push(ask), work()));
  socket.on('data', (text) => ((received += text), answer()));
  socket.on('timeout', () => close('timeout'));
  socket.on('error', (error) => close(error.code));
  socket.on('close', () => close('closed without an answer'));
}

function fail(reason) {
  failures[reason] = (failures[reason] ?? 0) + 1;
}

function work() {
  if (stoppedAt !== Infinity) return;
  const due = Math.floor(((performance.now() - startedAt) / 1_000) * Number(perSecond)) - sent;
  for (let count = 0; count < due; count += 1) {
    const ask = idle.shift();
    if (ask === undefined) {
      mostLate = Math.max(mostLate, due - count);
      return;
    }
    ask();
  }
}

for (let count = 0; count < Number(connections); count += 1) open();
setInterval(work, 1);
process.stdin.resume().once('end', () => {
  stoppedAt = performance.now();
  setInterval(() => {
    if (busy > 0) return;
    const rate = Math.round(sent / ((stoppedAt - startedAt) / 1_000));
    process.stdout.write(JSON.stringify({ sent, answered, failures, perSecond: rate, mostLate }), () => process.exit());
  }, 10);
});
