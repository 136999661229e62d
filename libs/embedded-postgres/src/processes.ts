import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '@heksher/core';

const run = promisify(execFile);

/** Whether a process with this id runs, of any user. One that ended and is not yet reaped does not run. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  return (await procStat(pid))?.state !== 'Z';
}

/**
 * Text that no other process with this id ever has: when it started. Undefined where the system does not say, or where
 * there is no such process.
 */
export async function processBirth(pid: number): Promise<string | undefined> {
  const stat = await procStat(pid);
  if (stat !== undefined) {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()} ${stat.started}`;
  }
  return ps(pid, 'lstart=');
}

/** The arguments a process was started with, joined by spaces. Undefined where the system does not say. */
export async function commandLine(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => undefined);
  return text === undefined ? ps(pid, 'command=') : text.replaceAll('\0', ' ').trim();
}

/** Waits until `pid` no longer runs; false when it still does after the time. */
export async function waitForEnd(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (await isAlive(pid)) {
    if (Date.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}

/** Waits; ends early, without an error, when `signal` fires. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}

async function procStat(pid: number): Promise<{ state: string; started: string } | undefined> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the name in parentheses, which may hold anything; the third is the state, the 22nd the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

async function ps(pid: number, column: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', column, '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
