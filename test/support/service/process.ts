import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { REPOSITORY } from '../repository.js';
import { type Call, caller } from './call.js';
import { collectLog, noteEnvironment } from './secrets.js';

const MAIN = `${REPOSITORY}apps/heksher/dist/heksher.js`;

/** The built service as a process of its own, to be signalled and killed. */
export type ServiceProcess = Readonly<{
  child: ChildProcess;
  /** Where it listens; rejects with what it printed where it exits before it is ready. */
  ready: Promise<Readonly<{ url: string; call: Call }>>;
  /** The exit code, or the signal that ended it. */
  exited: Promise<number | NodeJS.Signals>;
  /** All it has printed so far, stdout and stderr. */
  output(): string;
}>;

/** Start the built service, or another program that runs one, with this environment (and PATH) only, in this working directory or the one of the tests. */
export function spawnService(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  program: readonly string[] = [MAIN],
  cwd?: string,
): ServiceProcess {
  noteEnvironment(env);
  const child = spawn(process.execPath, [...program, ...args], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', HEKSHER_SHUTDOWN_DELAY_S: '0', ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const take = (chunk: string): void => {
    printed += chunk;
    // What makes a key prints it.
    if (args[0] !== 'keys') collectLog(chunk);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const ready = new Promise<{ url: string; call: Call }>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /"message":"Heksher is ready".*?"url":"([^"]+)"/.exec(printed)?.[1];
      if (url !== undefined) resolve({ url, call: caller(url) });
    });
    void exited.then((code) => reject(new Error(`the service ended with ${code} before it was ready:\n${printed}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, exited, output: () => printed };
}
