import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Scope } from './scope.js';

/** How long a process may take to end by itself before it is killed. */
const GRACE_MS = 10_000;

const running = new Set<ChildProcess>();

// Whatever way this process ends, short of being killed itself, none of its own outlives it.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export type Command = Readonly<{
  file: string;
  args: readonly string[];
  /** All of the environment it gets, beside PATH. */
  env?: Readonly<Record<string, string>>;
  hasChannel?: boolean;
}>;

/** A process tied to the scope. It is a group of its own, so that Ctrl-C reaches only us, and we end it in order. */
export function start(scope: Scope, { file, args, env, hasChannel = false }: Command): ChildProcess {
  const child = spawn(file, [...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...(hasChannel ? (['ipc'] as const) : [])],
    detached: true,
  });
  running.add(child);
  let isEnding = false;
  const gone = once(child, 'close').finally(() => running.delete(child));
  gone.catch(() => undefined);
  child.once('close', (code: number | null, signal) => {
    // Otherwise only a refused connection would tell of it.
    if (!isEnding && code !== 0) process.stderr.write(`${file} ${args.join(' ')} ended with ${code ?? signal}\n`);
  });
  // A process that is gone no longer reads what it is told.
  child.stdin?.on('error', () => undefined);
  scope.defer(() => {
    isEnding = true;
    return end(child, gone);
  });
  return child;
}

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killing = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await gone.finally(() => clearTimeout(killing));
}

/** The first match of `pattern` in what the process prints; rejects with all it printed where it ends before. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output: string | undefined = '';
    const take = (chunk: string): void => {
      if (output === undefined) return;
      output += chunk;
      const match = pattern.exec(output);
      if (match === null) return;
      output = undefined;
      resolve(match);
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (output === undefined) return;
      reject(new Error(`${child.spawnfile} ended with ${String(code ?? signal)}:\n${output.slice(-2_000)}`));
    });
  });
}
