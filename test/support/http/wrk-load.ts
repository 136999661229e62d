import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Load } from './steady-load.js';

/** Why wrk cannot run here; undefined where it can. */
export const noWrk = spawnSync('wrk', ['--version']).error && 'there is no wrk: install it';

/** Longer than any test. */
const LONGEST = '1h';

/** Asks for a URL as often as it is answered, by wrk, which costs a fraction of the processor time of a client in Node (docs/operations.md). */
export function startWrk(url: string, connections: number): Load {
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${LONGEST}`, '--timeout', '20s', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = text(child.stdout);
  return {
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
      const report = await printed;
      const [, count] = /(\d+) requests in/.exec(report) ?? [];
      if (count === undefined) throw new Error(`wrk has counted nothing:\n${report}`);
      // There are lines about failures only where there are any.
      const failed = report.split('\n').filter((line) => /Socket errors|Non-2xx/.test(line));
      return {
        sent: Number(count),
        answered: Number(count),
        failures: Object.fromEntries(failed.map((line) => line.trim().split(': ', 2) as [string, string])),
        perSecond: Math.round(Number(/Requests\/sec: +([\d.]+)/.exec(report)?.[1])),
        mostLate: 0,
      };
    },
  };
}
