import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { helmProgram, type HelmVersion } from '../support/helm.js';
import { VALUES } from '../support/kubernetes/chart-values.js';
import { REPOSITORY } from '../support/repository.js';

const CHART = `${REPOSITORY}deploy/helm/heksher`;

const DATABASE = { database: { existingSecret: 'db' } };
/** Wrong values, and what the refusal must name. */
const WRONG: readonly (readonly [object, string])[] = [
  [{ replica: 3 }, 'replica'],
  [{ replicas: 0 }, 'replicas'],
  [{ image: { pullPolicy: 'Sometimes' } }, 'pullPolicy'],
  [{ metrics: { port: 'http' } }, 'port'],
  [{ tracing: { endpoint: 'collector' } }, 'endpoint'],
  [{ env: { 'a b': 'c' } }, 'a b'],
  [{ resources: { limit: {} } }, 'limit'],
  [{ tls: { secret: 'certificate' } }, 'secret'],
  [{ database: { existingSecret: '' } }, 'database.existingSecret'],
];

type Manifest = Readonly<{ kind: string; metadata: { name: string } }> & Record<string, unknown>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-chart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function helm(version: HelmVersion, command: readonly string[], values: object) {
  const program = helmProgram(version);
  if ('missing' in program) {
    console.warn(`SKIPPED: Helm ${version} is not here (${program.missing}), so that the chart was not tried with it`);
    return undefined;
  }
  const file = join(folder, 'values.json');
  await writeFile(file, JSON.stringify({ ...DATABASE, ...values }));
  return spawnSync(program.path, [...command, CHART, '--values', file], { encoding: 'utf8' });
}

async function rendered(version: HelmVersion, values: object): Promise<readonly Manifest[] | undefined> {
  const run = await helm(version, ['template', 'release'], values);
  if (run === undefined) return undefined;
  expect([run.status, run.stderr]).toEqual([0, '']);
  return parseAllDocuments(run.stdout).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/** Of Kubernetes itself; what operators add is theirs to check. */
const KINDS = {
  ...{ Deployment, Job, Service, ServiceAccount, NetworkPolicy, PodDisruptionBudget, HorizontalPodAutoscaler },
} as unknown as Readonly<Record<string, new (manifest: Manifest) => { validate(): void }>>;

describe.each([3, 4] as const)('with Helm %i', (version) => {
  it.each(Object.entries(VALUES))('%s makes objects that Kubernetes takes', async (_name, values) => {
    const lint = await helm(version, ['lint', '--strict'], values);
    if (lint === undefined) return;
    expect([lint.status, lint.status === 0 ? '' : lint.stdout + lint.stderr]).toEqual([0, '']);
    const manifests = (await rendered(version, values)) ?? [];
    expect(manifests.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Service']));
    for (const manifest of manifests) {
      const Kind = KINDS[manifest.kind];
      if (Kind !== undefined) expect(() => new Kind(manifest).validate()).not.toThrow();
    }
    expectSafe(manifests);
  });

  it.each(WRONG)('refuses %j by name', async (values, name) => {
    const run = await helm(version, ['template', 'release'], values);
    if (run === undefined) return;
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain(name);
  });
});

type Container = Readonly<{
  env: readonly { name: string; value?: string }[];
  securityContext: object;
  resources: { limits: Record<string, string>; requests: Record<string, string> };
}>;
type PodSpec = Readonly<{
  containers: readonly Container[];
  securityContext: object;
  automountServiceAccountToken: boolean;
}>;

function podsOf(manifests: readonly Manifest[]): readonly PodSpec[] {
  return manifests.flatMap(({ kind, spec }) =>
    kind === 'Deployment' || kind === 'Job' ? [(spec as { template: { spec: PodSpec } }).template.spec] : [],
  );
}

/** Nobody is root, nothing is written but /tmp, no limit of processor time, and no secret stands in the objects. */
function expectSafe(manifests: readonly Manifest[]): void {
  for (const { containers, securityContext, automountServiceAccountToken } of podsOf(manifests)) {
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(automountServiceAccountToken).toBe(false);
    for (const { env, resources, securityContext: own } of containers) {
      expect(own).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect([Object.keys(resources.limits), Object.keys(resources.requests).sort()]).toEqual([
        ['memory'],
        ['cpu', 'memory'],
      ]);
      expect(env.filter(({ value }) => value?.includes('postgres') === true)).toEqual([]);
      const names = env.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  }
}

it('what compares objects with Kubernetes would find a wrong one', () => {
  const wrong = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 'two' } };
  const Kind = KINDS['Deployment'];
  expect(() => Kind && new Kind(wrong as unknown as Manifest).validate()).toThrow('replicas');
});

it('probes speak TLS where the service does', async () => {
  const schemes = async (name: string): Promise<unknown> => {
    const pods = podsOf((await rendered(4, VALUES[name] ?? {})) ?? []).flatMap(({ containers }) => containers);
    const text = JSON.stringify(pods.filter((container) => 'readinessProbe' in container));
    return Array.from(text.matchAll(/"scheme":"(\w+)"/g), ([, scheme]) => scheme);
  };
  if ('missing' in helmProgram(4)) return;
  expect(await schemes('nothing but the database')).toEqual(['HTTP', 'HTTP', 'HTTP']);
  for (const name of ['TLS of its own', 'TLS by variables'])
    expect(await schemes(name)).toEqual(['HTTPS', 'HTTPS', 'HTTPS']);
});

it('one replica has no disruption budget, which would block draining', async () => {
  const kinds = async (values: object) => (await rendered(4, values))?.map(({ kind }) => kind);
  const [one, two] = [await kinds({ replicas: 1 }), await kinds({ replicas: 2 })];
  if (one === undefined) return;
  expect([one.includes('PodDisruptionBudget'), two?.includes('PodDisruptionBudget')]).toEqual([false, true]);
});

it('the dashboard of the chart is the one that is tried', async () => {
  const manifests = await rendered(4, { grafana: { dashboard: { enabled: true } } });
  if (manifests === undefined) return;
  const map = manifests.find(({ kind }) => kind === 'ConfigMap');
  expect(map?.metadata).toMatchObject({ labels: { grafana_dashboard: '1' } });
  const given: unknown = JSON.parse((map?.['data'] as Record<string, string>)['heksher.json'] ?? '');
  expect(given).toEqual(JSON.parse(readFileSync(`${REPOSITORY}deploy/helm/heksher/dashboard.json`, 'utf8')));
});

it('the alerts of the chart are those that are tried', async () => {
  const manifests = await rendered(4, { metrics: { prometheusRule: { enabled: true } } });
  if (manifests === undefined) return;
  const rule = manifests.find(({ kind }) => kind === 'PrometheusRule');
  expect(rule?.['spec']).toEqual(parse(readFileSync(`${CHART}/rules.yaml`, 'utf8')));
});
