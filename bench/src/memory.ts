import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Memory of a process in MB (10^6 bytes): resident now, and the most it ever was (NaN where the system does not tell). */
export type Resident = Readonly<{ now: number; most: number }>;

export async function residentMemory(pid: number): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (status !== undefined) return { now: bytes(status, 'VmRSS') / 1e6, most: bytes(status, 'VmHWM') / 1e6 };
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return { now: (Number(stdout) * 1_024) / 1e6, most: NaN };
}

function bytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
}
