import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { helmProgram, type HelmVersion, kubectlProgram } from '../helm.js';
import { REPOSITORY } from '../repository.js';
import { type Manifest } from './kustomize.js';

export const CHART = `${REPOSITORY}deploy/helm/heksher`;

/** What Helm makes of the chart for a release of this name, or undefined, with a warning, where there is no Helm. */
export function renderChart(version: HelmVersion, release: string, values: object): readonly Manifest[] | undefined {
  const program = helmProgram(version);
  if ('missing' in program) return void console.warn(`SKIPPED: Helm ${version} is not here: ${program.missing}`);
  return documentsOf(program.path, ['template', release, CHART, '--values', '-'], JSON.stringify(values));
}

/** What Kustomize makes of a folder, likewise. */
export function kustomize(folder: string): readonly Manifest[] | undefined {
  const program = kubectlProgram();
  if ('missing' in program) return void console.warn(`SKIPPED: kubectl is not here: ${program.missing}`);
  return documentsOf(program.path, ['kustomize', folder], '');
}

function documentsOf(file: string, args: readonly string[], input: string): readonly Manifest[] {
  const { status, stdout, stderr } = spawnSync(file, [...args], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  // As Kubernetes reads it: 0440 is an octal number.
  return parseAllDocuments(stdout, { version: '1.1' }).flatMap(
    (document) => (document.toJS() as Manifest | null) ?? [],
  );
}
