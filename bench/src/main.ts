import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, FULL, type Measurement, QUICK } from './bench.js';
import { openServer } from './database-server.js';
import { type Finding, merged } from './finding.js';
import { Fixtures } from './fixtures.js';
import { findAutocannon } from './load/autocannon.js';
import { type LoadGenerator } from './load/load.js';
import { findWrk } from './load/wrk.js';
import { circumstances } from './machine.js';
import { measurements } from './measurements/index.js';
import { type Options, parseOptions, USAGE } from './options.js';
import { describe, type Failure, publish } from './report.js';
import { Scope } from './scope.js';

const args = process.argv.slice(2);

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const scope = new Scope();
  endOnSignals(scope);
  try {
    await run(scope, options);
  } catch (error) {
    if (!scope.isClosed) tell(`the benchmark failed: ${messageOf(error)}`);
    process.exitCode = 1;
  } finally {
    await scope.close();
  }
}

function readOptions(): Options | undefined {
  try {
    return parseOptions(
      args,
      measurements.map(({ name }) => name),
    );
  } catch (error) {
    process.stderr.write(
      `${messageOf(error)}\n${USAGE}\nmeasurements: ${measurements.map(({ name }) => name).join(', ')}\n`,
    );
    process.exitCode = 2;
    return undefined;
  }
}

function endOnSignals(scope: Scope): void {
  const endNow = (signal: string): void => {
    tell(`${signal}: ending what was started`);
    void scope.close().then(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => endNow(signal));
}

async function run(scope: Scope, { only, isQuick, load: wanted, database }: Options): Promise<void> {
  const folder = await temporaryFolder(scope);
  const load = await chooseLoad(wanted, folder);
  const server = await openServer(scope, folder, database);
  tell(`PostgreSQL ${server.description}; load from ${load.description}`);
  const fixtures = new Fixtures(scope, server, tell);
  const chosen = measurements.filter(({ name }) => only === undefined || only.includes(name));
  const outcome = await measureAll(chosen, { scope, fixtures, load, effort: isQuick ? QUICK : FULL });
  if (scope.isClosed) return;
  tell(summary(outcome.findings, outcome.failures));
  if (outcome.failures.length > 0) process.exitCode = 1;
  if (only !== undefined || isQuick) return;
  const report = { circumstances: circumstances(server.description, load.description, args), ...outcome };
  tell(`written: ${(await publish(report)).join(', ')}`);
}

/** Its owner's to read, but passable: an embedded server may run as another user. */
async function temporaryFolder(scope: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-bench-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  return folder;
}

async function chooseLoad(wanted: string | undefined, folder: string): Promise<LoadGenerator> {
  const wrk = wanted === 'autocannon' ? undefined : await findWrk(folder);
  if (wanted === 'wrk' && wrk === undefined) throw new Error('wrk is not installed');
  return wrk ?? findAutocannon();
}

/** One that fails does not keep the others from being made. */
async function measureAll(
  chosen: readonly Measurement[],
  bench: Bench,
): Promise<Readonly<{ findings: readonly Finding[]; failures: readonly Failure[] }>> {
  const findings: Finding[] = [];
  const failures: Failure[] = [];
  for (const measurement of chosen) {
    if (bench.scope.isClosed) break;
    try {
      const found = await measure(measurement, bench);
      for (const finding of found) tell(describe(finding));
      findings.push(...found);
    } catch (error) {
      if (bench.scope.isClosed) break;
      tell(`${measurement.name} failed: ${messageOf(error)}`);
      failures.push({ name: measurement.name, error: messageOf(error) });
    }
  }
  return { findings, failures };
}

/** The pairs of a measurement, shared out among its processes. */
async function measure(measurement: Measurement, bench: Bench): Promise<readonly Finding[]> {
  const { processes = 1 } = measurement;
  const effort = { ...bench.effort, pairs: Math.ceil(bench.effort.pairs / processes) };
  const found: (readonly Finding[])[] = [];
  for (let made = 0; made < Math.min(processes, bench.effort.pairs); made += 1) {
    found.push(await bench.scope.within((scope) => measurement.measure({ ...bench, effort, scope })));
  }
  return merged(found);
}

function summary(findings: readonly Finding[], failures: readonly Failure[]): string {
  const judged = findings.filter(({ isMet }) => isMet !== undefined);
  const missed = judged.filter(({ isMet }) => isMet === false).map(({ name }) => name);
  const failed = failures.map(({ name }) => name);
  return [
    `${judged.length - missed.length} of ${judged.length} bars met`,
    ...(missed.length > 0 ? [`missed: ${missed.join(', ')}`] : []),
    ...(failed.length > 0 ? [`failed: ${failed.join(', ')}`] : []),
  ].join('; ');
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main();
