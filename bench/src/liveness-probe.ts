import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Asks for liveness over and over, in a thread of its own: what this one does meanwhile, such as making a body of 640 KB, does not count.
 * Stopping gives the longest that an answer took, in milliseconds.
 */
export function livenessProbe(url: string): { stop(): Promise<number> } {
  const worker = new Worker(new URL('liveness-thread.js', import.meta.url), { workerData: url });
  return {
    async stop() {
      const told = once(worker, 'message');
      worker.postMessage('stop');
      const [longest] = (await told) as [number];
      return longest;
    },
  };
}
