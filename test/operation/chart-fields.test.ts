import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VALUES } from '../support/kubernetes/chart-values.js';
import { type Manifest } from '../support/kubernetes/kustomize.js';
import { renderChart } from '../support/kubernetes/rendered.js';
import { TSC } from '../support/project.js';
import { REPOSITORY } from '../support/repository.js';

/** Of Kubernetes itself, by apiVersion and kind; what operators add has no types here. */
const isKnown = ({ apiVersion }: Manifest): boolean => !apiVersion.startsWith('monitoring.coreos.com/');

/** As literals, in which TypeScript takes no member that the type does not have, such as a misspelled one. */
function literals(manifests: readonly Manifest[]): string {
  return manifests
    .filter(isKnown)
    .map(({ apiVersion, kind, ...rest }, place) => {
      const imported = `import type { I${kind} as T${place} } from 'kubernetes-models/${apiVersion}';`;
      return `${imported}\nexport const m${place}: T${place} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
    })
    .join('\n');
}

/** What the compiler says of these files. */
async function compile(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-fields-'));
  try {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', types: [] },
      paths: {
        'kubernetes-models/*': [`${REPOSITORY}node_modules/kubernetes-models/*`],
      },
    };
    await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return spawnSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' }).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('no object of the chart has a field that Kubernetes does not know', async () => {
  const files: Record<string, string> = {};
  for (const [place, values] of Object.values(VALUES).entries())
    for (const version of [3, 4] as const) {
      const manifests = renderChart(version, 'release', { database: { existingSecret: 'db' }, ...values });
      if (manifests === undefined) return;
      files[`values${place}-helm${version}.ts`] = literals(manifests);
    }
  expect(await compile(files)).toBe('');
}, 240_000);

it('a misspelled field, in whatever depth, would be found', async () => {
  const container = { name: 'a', imagee: 'b' };
  const spec = { selector: {}, template: { spec: { containers: [container] } } };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec };
  expect(await compile({ 'wrong.ts': literals([deployment]) })).toMatch(/'"?imagee"?' does not exist in type/);
}, 240_000);
