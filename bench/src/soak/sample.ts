import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Service } from '../service.js';
import { type Clients, type Counts } from './clients.js';

/** The state of the service `second`s after the beginning. Memory in MB, after garbage was collected; times in milliseconds. */
export type Sample = Readonly<{
  second: number;
  resident: number;
  heap: number;
  descriptors: number;
  p50: number;
  p99: number;
  counts: Counts;
}>;

export async function takeSample({ child, pid }: Service, clients: Clients, startedAt: number): Promise<Sample> {
  const { counts, latencies } = clients.take();
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  const answered = once(child, 'message');
  child.send('memory');
  const [{ rss, heapUsed }] = (await answered) as [NodeJS.MemoryUsage];
  return {
    second: Math.round((performance.now() - startedAt) / 1_000),
    resident: rss / 1e6,
    heap: heapUsed / 1e6,
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    p50: at(0.5),
    p99: at(0.99),
    counts,
  };
}

/** Writes what is in the service's heap into a file, for the tools that read such. The service stands still meanwhile. */
export async function writeSnapshot({ child }: Service, file: string): Promise<void> {
  const answered = once(child, 'message');
  child.send(`snapshot ${resolve(file)}`);
  await answered;
}
