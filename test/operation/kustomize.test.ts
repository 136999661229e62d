import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseOf, type Manifest, overlayOf, withoutHelm } from '../support/kubernetes/kustomize.js';
import { kustomize, renderChart } from '../support/kubernetes/rendered.js';
import { REPOSITORY } from '../support/repository.js';

const FOLDER = `${REPOSITORY}deploy/kustomize`;
/** `npm run kustomize` writes the files; else they are compared. */
const IS_WRITING = process.env['HEKSHER_WRITE_KUSTOMIZE'] !== undefined;

const BASE = { database: { existingSecret: 'heksher-db' } };
const OVERLAYS: Readonly<Record<string, object>> = {
  'overlays/small': {
    ...BASE,
    replicas: 1,
    heapMegabytes: 384,
    resources: { requests: { cpu: '50m', memory: '192Mi' }, limits: { memory: '512Mi' } },
  },
  'overlays/production': {
    ...BASE,
    autoscaling: { enabled: true },
    access: { enabled: true, adminKeySecret: 'heksher-admin' },
    networkPolicy: { enabled: true },
    metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } },
  },
};

const rendered = (values: object): readonly Manifest[] | undefined =>
  renderChart(4, 'heksher', values)?.map(withoutHelm);

function filesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}

const byName = (manifests: readonly Manifest[]): readonly Manifest[] =>
  [...manifests].sort((a, b) => (`${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1));

it.each(['base', ...Object.keys(OVERLAYS)])('%s is what the chart makes, and Kustomize makes that of it', (name) => {
  const base = rendered(BASE);
  const wanted = rendered(OVERLAYS[name] ?? BASE);
  if (base === undefined || wanted === undefined) return;
  const files = name === 'base' ? baseOf(base) : overlayOf(base, wanted);
  const folder = join(FOLDER, name);
  if (IS_WRITING) write(folder, files);
  // Stale? npm run kustomize
  expect(Object.fromEntries(filesIn(folder))).toEqual(Object.fromEntries(files));
  const made = kustomize(folder);
  if (made !== undefined) expect(byName(made)).toEqual(byName(wanted));
});

it('no file is of Helm', () => {
  const texts = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(texts.length).toBeGreaterThan(8);
  for (const text of texts) expect(text).not.toMatch(/helm\.sh|managed-by/);
});
