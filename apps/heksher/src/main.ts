#!/usr/bin/env node
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherError } from '@heksher/core';
import { checkConnections } from './check-command.js';
import { type Config, readConfig } from './config.js';
import { openDatabase } from './database.js';
import { KEYS_USAGE, keysCommand } from './keys-command.js';
import { Logger } from './modules/logging/index.js';
import { type Service, startService } from './service.js';
import { keepTickShape, makeObjectsYoung } from './v8.js';
import { HEKSHER_VERSION } from './version.js';

const USAGE = `usage: heksher            run the service
       heksher migrate    bring the database to the current schema, and exit
       heksher check      say whether the service would find what it needs, change nothing, and exit
${KEYS_USAGE}
       heksher --help     show this, and exit
       heksher --version  show the version, and exit
All configuration is by environment variables; see docs/configuration.md.
The commands of the Heksher 0.5 image do the same: "alembic upgrade head" migrates, "uvicorn ..." runs the service.`;

type Command = (config: Config, log: Logger) => Promise<void>;

async function main(args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === '--help' || first === '-h' || first === 'help') return print(USAGE);
  if (first === '--version' || first === '-v') return print(HEKSHER_VERSION);
  const command = commandOf(args);
  if (command === undefined) {
    process.stderr.write(`heksher: there is no command "${args.join(' ')}"\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const config = readConfigOrExplain();
  if (config === undefined) return;
  // What these commands print is their result.
  const { level } = config.log;
  const isQuiet = first === 'keys' || first === 'check';
  const log = new Logger({ ...config.log, level: isQuiet ? 'error' : level, version: HEKSHER_VERSION });
  if (config.unknownVariables.length > 0) {
    log.warn('variables that Heksher does not know were ignored', { variables: config.unknownVariables });
  }
  for (const warning of config.warnings) log.warn(warning);
  try {
    await command(config, log);
  } catch (error) {
    explain(error, log);
    await log.close();
    process.exitCode = 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The options of uvicorn are of no use here: the address is HOST and PORT, as it was in the image. */
function commandOf(args: readonly string[]): Command | undefined {
  const line = args.join(' ');
  if (line === '' || line === 'serve' || args[0] === 'uvicorn') return serve;
  if (args[0] === 'keys') return (config, log) => manageKeys(args.slice(1), config, log);
  if (line === 'check') return check;
  return line === 'migrate' || line.startsWith('alembic upgrade head') ? migrateOnly : undefined;
}

function readConfigOrExplain(): Config | undefined {
  try {
    return readConfig(process.env, process.stdout.isTTY);
  } catch (error) {
    if (!(error instanceof HeksherError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Signals count from the beginning: one that arrives during the start aborts it, or stops the service once it is up. */
async function serve(config: Config, log: Logger): Promise<void> {
  keepTickShape();
  makeObjectsYoung();
  const stopping = new AbortController();
  const starting = startService(config, log, stopping.signal);
  const goDown = async (signal: string): Promise<void> => {
    log.info('shutting down', { signal });
    stopping.abort();
    try {
      // After Ctrl-C there is no load balancer to wait for.
      await stopStarted(starting, config, signal === 'SIGTERM' ? config.shutdownDelayMs : 0);
    } catch (error) {
      log.error('the shutdown did not go in order', { error });
      process.exitCode = 1;
    }
    await log.close();
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void goDown(signal));
  try {
    const { renew } = await starting;
    process.on('SIGHUP', renew);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    log.info('the start was broken off', { error });
  }
}

/** A start that waits for a lock, for instance to migrate, may be abandoned: PostgreSQL rolls it back. */
async function stopStarted(starting: Promise<Service>, config: Config, delayMs: number): Promise<void> {
  const service = await Promise.race([starting.catch(() => undefined), sleep(config.shutdownTimeoutMs, undefined)]);
  await service?.stop(delayMs);
}

async function migrateOnly(config: Config, log: Logger): Promise<void> {
  const database = await openDatabase({ ...config, migrateOnStart: true }, log);
  await database.close();
  log.info('the database is at the current schema');
  await log.close();
}

/** One line for each thing that was looked at; the exit code is 1 where something is the matter. */
async function check(config: Config, log: Logger): Promise<void> {
  const findings = await checkConnections(config, log);
  for (const { what, problem } of findings)
    print(problem === undefined ? `ok: ${what}` : `failed: ${what}: ${problem}`);
  if (findings.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
  await log.close();
}

async function manageKeys(args: readonly string[], config: Config, log: Logger): Promise<void> {
  const printed = await keysCommand(args, config, log);
  if (printed !== '') print(printed);
  await log.close();
}

/** Logs an error an operator can act on by its message, any other with its stack. */
function explain(error: unknown, log: Logger): void {
  if (error instanceof HeksherError) log.error(error.message, error.cause === undefined ? {} : { error: error.cause });
  else log.error('Heksher could not start', { error });
}

await main(process.argv.slice(2));
