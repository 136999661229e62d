import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = 'apps/heksher/src/modules';

/** For each rule of who may import whom one file that breaks it. */
const BREACHES: Readonly<Record<string, readonly [file: string, imports: string]>> = {
  'no-cycles': ['apps/heksher/src/config.ts', './cycle.js'],
  'core-imports-nothing': ['libs/core/src/json.ts', 'node:fs'],
  'rollout-imports-core-and-redis-only': ['libs/rollout/src/rollout.ts', '../../database/src/migrate.js'],
  're2-of-core-imports-core-and-re2js-only': ['libs/core/src/re2/index.ts', 'node:path'],
  're2js-is-known-to-re2-of-core-only': [`${MODULES}/health/d.ts`, 're2js'],
  'client-imports-core-only': ['libs/client/src/setting.ts', 'node:async_hooks'],
  'testing-of-client-imports-client-only': ['libs/client/src/testing/a.ts', 'node:fs'],
  'nest-of-client-imports-nest-only': ['libs/client/src/nest/a.ts', '../openfeature/a.js'],
  'openfeature-of-client-imports-its-sdk-only': ['libs/client/src/openfeature/a.ts', 'node:events'],
  'ruleset-imports-core-only': ['libs/ruleset/src/ruleset.ts', '../../database/src/migrate.js'],
  'embedded-postgres-imports-core-and-pg-only': ['libs/embedded-postgres/src/a.ts', '../../database/src/migrate.js'],
  'migrations-import-typeorm-only': ['migrations/index.ts', '../libs/core/src/json.js'],
  'console-imports-core-only': ['apps/console/src/try/a.ts', '../../../../libs/database/src/migrate.js'],
  'features-of-the-console-do-not-know-one-another': ['apps/console/src/rule/a.ts', '../try/a.js'],
  'parts-of-the-console-know-no-feature': ['apps/console/src/ui/a.ts', '../try/a.js'],
  'database-knows-no-service': ['libs/database/src/migrate.ts', '../../../apps/heksher/src/config.js'],
  'http-knows-logging-only': ['apps/heksher/src/http/g.ts', '../reads/j.js'],
  'reads-know-http-only': ['apps/heksher/src/reads/j.ts', '../modules/health/d.js'],
  'write-routes-know-http-and-reads-only': ['apps/heksher/src/write-routes/j.ts', '../modules/health/d.js'],
  'metrics-and-tracing-know-logging-only': ['apps/heksher/src/metrics/m.ts', '../modules/health/d.js'],
  'openapi-knows-http-only': ['apps/heksher/src/openapi/k.ts', '../reads/j.js'],
  'context-features-imports-ruleset-only': [`${MODULES}/context-features/a.ts`, '../settings/b.js'],
  'settings-imports-context-features-and-ruleset-only': [`${MODULES}/settings/b.ts`, '../rules/c.js'],
  'rules-imports-settings-and-context-features-and-ruleset-only': [`${MODULES}/rules/c.ts`, '../health/d.js'],
  'rollouts-imports-settings-and-context-features-and-ruleset-only': [`${MODULES}/rollouts/i.ts`, '../health/d.js'],
  'no-feature-module-below-ruleset-query-health-logging': [`${MODULES}/query/e.ts`, '../settings/b.js'],
  'ofrep-imports-evaluation-and-query-only': [`${MODULES}/ofrep/h.ts`, '../health/d.js'],
  'effect-imports-evaluation-only': [`${MODULES}/effect/j.ts`, '../health/d.js'],
  'a-module-offers-its-service-only': [`${MODULES}/rules/f.ts`, '../settings/settings.store.js'],
  'http-stays-out-of-services-and-stores': [`${MODULES}/settings/settings.service.ts`, '../../http/checks.js'],
};
const OTHERS = [
  ['apps/heksher/src/cycle.ts', "import './config.js';"],
  ['apps/heksher/src/http/checks.ts', 'export const checks = 1;'],
  [`${MODULES}/settings/settings.store.ts`, 'export const store = 1;'],
] as const;

it('each rule of who may import whom is there, and bites', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-boundaries-'));
  try {
    const files = Object.values(BREACHES).map(([file, imports]) => [file, `import '${imports}';`] as const);
    for (const [file, text] of [...files, ...OTHERS]) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    for (const config of ['tsconfig.base.json', 'tsconfig.lint.json'])
      await copyFile(ROOT + config, join(folder, config));
    expect(await brokenRules(folder)).toEqual(Object.keys(BREACHES).sort());
    const { forbidden } = createRequire(import.meta.url)(`${ROOT}.dependency-cruiser.cjs`) as {
      forbidden: readonly { name: string }[];
    };
    expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(BREACHES).sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function brokenRules(folder: string): Promise<readonly string[]> {
  const args = ['--config', `${ROOT}.dependency-cruiser.cjs`, '--output-type', 'json', 'apps', 'libs', 'migrations'];
  const program = `${ROOT}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
  const printed = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(printed.stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

/** What breaks each lint rule, in one text: linting it takes long, since many types of the program are looked at. */
const LINT_BREACHES: ReadonlyMap<string, string> = new Map([
  ['@typescript-eslint/no-floating-promises', 'async function later() {}\nlater();\n'],
  ['@typescript-eslint/no-explicit-any', 'export const anything: any = 1;\n'],
  ['@typescript-eslint/no-non-null-assertion', 'export const first = (list: number[]) => list[0]!;\n'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    "export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n  }\n}\n",
  ],
]);

/** Of the service alone: all that the tests import would be read else. */
const PROJECT = ['--parser-options', 'project:./apps/heksher/tsconfig.json'];

it('each lint rule that matters fires', async () => {
  const file = 'apps/heksher/src/main.ts';
  const linting = promisify(execFile)(
    process.execPath,
    [`${ROOT}node_modules/eslint/bin/eslint.js`, '--stdin', '--stdin-filename', file, '--format', 'json', ...PROJECT],
    // Otherwise the type-aware parser reads the file from the disk, and not what it is given.
    { cwd: ROOT, env: { ...process.env, TSESTREE_SINGLE_RUN: 'false' } },
  );
  linting.child.stdin?.end([...LINT_BREACHES.values()].join(''));
  const { stdout } = await linting.catch((error: { stdout: string }) => error);
  const [result] = JSON.parse(stdout) as { messages: { ruleId: string }[] }[];
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(expect.arrayContaining([...LINT_BREACHES.keys()]));
}, 240_000);
