import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { HttpClient } from './http-client.js';

/** Asks for liveness over and over on a connection of its own, until it is told to stop; then tells the longest that it took, in milliseconds. */
let isStopped = false;
parentPort?.once('message', () => (isStopped = true));

const client = new HttpClient(String(workerData), 1);
let longest = 0;
while (!isStopped) {
  const startedAt = performance.now();
  // One that fails counts with the time it took, as it does for Kubernetes.
  await client.send({ path: '/api/health/live' }).catch(() => undefined);
  longest = Math.max(longest, performance.now() - startedAt);
  await sleep(5);
}
client.close();
parentPort?.postMessage(longest);
