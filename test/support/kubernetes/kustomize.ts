import { stringify as stringifyYaml } from 'yaml';

/** An object of Kubernetes. */
export type Manifest = Readonly<{
  apiVersion: string;
  kind: string;
  metadata: Readonly<{ name: string }>;
}> &
  Record<string, unknown>;

const HEAD = '# Generated from the chart (npm run kustomize): change that, or patch this in an overlay of yours.\n';
/** Kubernetes reads YAML 1.1, in which `on` is a boolean and 0440 an octal number. */
const stringify = (value: unknown): string => stringifyYaml(value, { version: '1.1' });

/** What only Helm is to read, and what says that Helm made it. */
const OF_HELM = [
  'helm.sh/chart',
  'app.kubernetes.io/managed-by',
  'helm.sh/hook',
  'helm.sh/hook-weight',
  'helm.sh/hook-delete-policy',
];
/** A job cannot be changed: it is to be gone when the next version is applied. */
const JOB_KEPT_S = 600;

/** As Kustomize applies what Helm has rendered. */
export function withoutHelm(manifest: Manifest): Manifest {
  const plain = JSON.parse(JSON.stringify(manifest), (key, value: unknown) =>
    (key === 'labels' || key === 'annotations') && isObject(value) ? without(value, OF_HELM) : value,
  ) as Manifest;
  if (plain.kind !== 'Job') return plain;
  return { ...plain, spec: { ...(plain['spec'] as object), ttlSecondsAfterFinished: JOB_KEPT_S } };
}

/** Files of a base, by name. */
export function baseOf(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  return withResources(manifests, { resources: manifests.map(fileOf) });
}

/** Files of an overlay that makes `wanted` of what `base` has: what is new as it is, changes as JSON patches. */
export function overlayOf(base: readonly Manifest[], wanted: readonly Manifest[]): ReadonlyMap<string, string> {
  const added = wanted.filter((manifest) => find(base, manifest) === undefined);
  const patches = base.flatMap((manifest) => {
    const target = { kind: manifest.kind, name: manifest.metadata.name };
    const changed = find(wanted, manifest);
    if (changed === undefined)
      return [{ target, patch: stringify({ $patch: 'delete', apiVersion: manifest.apiVersion, kind: manifest.kind, metadata: { name: manifest.metadata.name } }) }]; // prettier-ignore
    const operations = difference(manifest, changed);
    return operations.length === 0 ? [] : [{ target, patch: stringify(operations) }];
  });
  return withResources(added, { resources: ['../../base', ...added.map(fileOf)], patches });
}

function withResources(manifests: readonly Manifest[], kustomization: object): ReadonlyMap<string, string> {
  const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return new Map([
    ['kustomization.yaml', HEAD + stringify({ ...head, ...kustomization })],
    ...manifests.map((manifest) => [fileOf(manifest), HEAD + stringify(manifest)] as const),
  ]);
}

const fileOf = ({ kind, metadata: { name } }: Manifest): string => `${kind.toLowerCase()}-${name}.yaml`;

function find(among: readonly Manifest[], { kind, metadata: { name } }: Manifest): Manifest | undefined {
  return among.find((one) => one.kind === kind && one.metadata.name === name);
}

type Operation = Readonly<{ op: 'add' | 'remove' | 'replace'; path: string; value?: unknown }>;

/** The operations of a JSON patch (RFC 6902) that make one value of another. */
function difference(from: unknown, to: unknown, path = ''): readonly Operation[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (!isObject(from) || !isObject(to)) {
    const areLists = Array.isArray(from) && Array.isArray(to) && from.length === to.length;
    if (!areLists) return [{ op: 'replace', path, value: to }];
    return from.flatMap((item, place) => difference(item, (to as unknown[])[place], `${path}/${place}`));
  }
  const at = (key: string): string => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...Object.keys(from).flatMap((key) => (key in to ? difference(from[key], to[key], at(key)) : [{ op: 'remove', path: at(key) } as const])), // prettier-ignore
    ...Object.keys(to).flatMap((key) => (key in from ? [] : [{ op: 'add', path: at(key), value: to[key] } as const])),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(object: Record<string, unknown>, keys: readonly string[]): object | undefined {
  const left = Object.entries(object).filter(([key]) => !keys.includes(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
