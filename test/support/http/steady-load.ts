import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { REPOSITORY } from '../repository.js';

/** What came of a load: `failures` by what failed, and how many requests were due at the worst moment while all connections waited. */
export type LoadResult = Readonly<{
  sent: number;
  answered: number;
  failures: Readonly<Record<string, number | string>>;
  perSecond: number;
  mostLate: number;
}>;

export type Load = Readonly<{ stop(): Promise<LoadResult> }>;

/** Asks for a URL at a steady rate in a process of its own, whatever this one does meanwhile; it ends with this one. */
export function startLoad(url: string, perSecond: number, connections: number): Load {
  const script = `${REPOSITORY}test/support/http/load-process.mjs`;
  const child = spawn(process.execPath, [script, url, String(perSecond), String(connections)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const printed = text(child.stdout);
  return {
    async stop() {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
      return JSON.parse(await printed) as LoadResult;
    },
  };
}
