import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { addFeatures, addRule } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const api = useService();

/** The files of a bundle of the built client for browsers, for which a module of Node is an error. */
async function bundle(options: BuildOptions) {
  const { outputFiles = [] } = await build({
    entryPoints: [`${ROOT}libs/client/dist/index.js`],
    bundle: true,
    platform: 'browser',
    write: false,
    outdir: '/',
    ...options,
  });
  return outputFiles;
}

/** Thousands of bytes, as the README counts them. */
function kilobytes(
  files: readonly Readonly<{ contents: Uint8Array }>[],
  measure = (bytes: Uint8Array) => bytes.length,
) {
  return Math.round(files.reduce((sum, { contents }) => sum + measure(contents), 0) / 1_000);
}

it('what a browser loads at first, and what it loads for patterns, is no larger than the README says, nor much smaller', async () => {
  const files = await bundle({ format: 'esm', splitting: true, minify: true });
  const [patterns, first] = [
    files.filter(({ path }) => /re2/.test(path)),
    files.filter(({ path }) => !/re2/.test(path)),
  ];
  const readme = await readFile(`${ROOT}libs/client/README.md`, 'utf8');
  const told = /minified it has up to (\d+) kB, (\d+) kB gzipped;[^.]*? is up to (\d+) kB more/s.exec(readme) ?? [];
  const measured = [kilobytes(first), kilobytes(first, (bytes) => gzipSync(bytes).length), kilobytes(patterns)];
  for (const [index, size] of measured.entries()) {
    const limit = Number(told[index + 1]);
    expect(size).toBeLessThanOrEqual(limit);
    expect(size).toBeGreaterThan(limit * 0.85);
  }
});

it('runs where there is fetch, and nothing of Node', async () => {
  await addFeatures(api.call, 'user');
  const [file] = await bundle({ format: 'iife', globalName: 'heksher' });
  const browser = createContext({
    fetch,
    Headers,
    setTimeout,
    clearTimeout,
    performance,
    URL,
    AbortController,
    queueMicrotask,
    console,
  });
  runInContext(file?.text ?? '', browser);
  const program = `
    (async () => {
      const { HeksherClient, setting } = heksher;
      const size = setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
      const client = await HeksherClient.start({ url: '${api.url()}', settings: [size] });
      await changeIt();
      await client.reload();
      const values = [typeof process, size.get({ user: 'bob' }), size.get({ user: 'x' })];
      try {
        client.withContext({ user: 'bob' }, () => 0);
      } catch (error) {
        values.push(error.code);
      }
      await client.close();
      return values.join();
    })()`;
  browser['changeIt'] = () => addRule(api.call, 'size', { user: 'bob' }, 7);
  expect(await (runInContext(program, browser) as Promise<string>)).toBe('undefined,7,60,unavailable');
});
