/**
 * Puts the compiled service and the packages that it imports into few files: `dist/heksher.js`, which is the command, and `dist/heksher-in-process.js`, which
 * end-to-end tests and benchmarks import. Node finds, reads and compiles some two thousand modules otherwise, which takes longer than all else of a start.
 * Packages that are loaded only where they are configured stay outside, and so does what packages import in vain where it is not installed.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { build } from 'esbuild';

const DIST = fileURLToPath(new URL('../apps/heksher/dist/', import.meta.url));

/** Ours, loaded where they are configured. */
const OPTIONAL = ['@nats-io/*', '@opentelemetry/*', 'redis'];

/** What TypeORM and Nest try to load for databases and transports that are not used here. */
const NEVER = [
  '@fastify/static',
  '@google-cloud/spanner',
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@sap/hana-client',
  'better-sqlite3',
  'ioredis',
  'mongodb',
  'mssql',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-cloudflare',
  'pg-native',
  'pg-query-stream',
  'react-native-sqlite-storage',
  'sql.js',
  'sqlite3',
  'typeorm-aurora-data-api-driver',
];

/** Packages of the other kind of modules ask for these. */
const COMMON_JS = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __filename = import.meta.filename ?? require('node:url').fileURLToPath(import.meta.url);
const __dirname = require('node:path').dirname(__filename);`;

/** @nestjs/typeorm looks for what TypeORM 1 does not have any more, and would load all of TypeORM a second time for it. */
const withoutCompatibility = {
  name: 'without-compatibility',
  setup(bundle) {
    const contents = 'export const [Connection, AbstractRepository] = [];';
    bundle.onLoad({ filter: /@nestjs.typeorm.dist.common.typeorm-compat\.js$/ }, () => ({ contents }));
  },
};

/**
 * A decorated class is compiled to an expression, which a bundle gives another name. Providers, entities and the schemas of OpenAPI are known by the name of their class.
 * (esbuild's own `keepNames` also names each function whenever it is made, which costs a request more than what it does.)
 */
const withClassNames = {
  name: 'with-class-names',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](apps|libs|migrations|@nestjs)[\\/].*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return {
        contents: text.replace(CLASS_EXPRESSION, `$& static { Object.defineProperty(this, 'name', { value: '$1' }); }`),
      };
    });
  },
};
const CLASS_EXPRESSION = /^(?:export )?(?:let|var) \w+ = (?:\w+ = )?class (\w+)(?: extends [^{]+)? \{/gm;

for (const name of await readdir(DIST)) if (/^bundled-.*\.js$/.test(name)) await rm(join(DIST, name));
const { metafile } = await build({
  entryPoints: { heksher: join(DIST, 'main.js'), 'heksher-in-process': join(DIST, 'in-process.js') },
  outdir: DIST,
  chunkNames: 'bundled-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  external: [...OPTIONAL, ...NEVER],
  banner: { js: COMMON_JS },
  plugins: [withoutCompatibility, withClassNames],
  metafile: true,
  logLevel: 'error',
});

/** The packages within, for those who assemble an image, which needs no second copy. */
const PACKAGE = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const packages = Object.keys(metafile.inputs).flatMap((file) => PACKAGE.exec(file)?.[1] ?? []);
await writeFile(join(DIST, 'bundled.json'), `${JSON.stringify([...new Set(packages)].sort(), undefined, 2)}\n`);
