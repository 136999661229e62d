import { readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../apps/heksher/src/config.js';
import { readStages } from '../support/image/dockerfile.js';
import { haproxyConfig, patroniConfig } from '../support/failover/patroni-config.js';
import { REPOSITORY } from '../support/repository.js';

const text = (path: string): string => readFileSync(`${REPOSITORY}${path}`, 'utf8');

it('the runbook says of each alert what to do, and of none that is not there', () => {
  const { groups } = parse(text('deploy/helm/heksher/rules.yaml')) as { groups: { rules: { alert: string }[] }[] };
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)).sort();
  const headings = Array.from(text('docs/operations.md').matchAll(/^### (Heksher\w+)$/gm), ([, name]) => name).sort();
  expect(headings).toEqual(alerts);
});

it('the compose file gives the service variables that it knows, and its first state is a build of this repository', () => {
  type Service = { environment: Record<string, string>; build?: string; read_only?: boolean };
  const { services } = parse(text('deploy/compose.yaml')) as { services: Record<'heksher' | 'postgres', Service> };
  const config = readConfig(services.heksher.environment);
  expect([config.unknownVariables, config.warnings]).toEqual([[], []]);
  expect([config.database?.host, config.database?.database, config.port]).toEqual(['postgres', 'heksher', 8080]);
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = services.postgres.environment;
  expect([POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB]).toEqual([config.database?.user, config.database?.password, config.database?.database]); // prettier-ignore
  expect([services.heksher.build, services.heksher.read_only]).toEqual(['..', true]);
  expect(readStages(text('Dockerfile')).at(-1)?.name).toBe('');
});

it('the examples for clusters can be read, and ask for what the tried cluster has', () => {
  for (const name of readdirSync(`${REPOSITORY}deploy/examples`).filter((file) => /ya?ml$/.test(file)))
    for (const document of parseAllDocuments(text(`deploy/examples/${name}`))) expect(document.errors).toEqual([]);
  type Patroni = { bootstrap: { dcs: Record<string, unknown> } };
  const example = parse(text('deploy/examples/patroni.yml')) as Patroni;
  const node = { node: 'a', address: 'b', etcd: 'c', folder: 'd', bin: 'e', network: 'f' };
  const tried = parse(patroniConfig(node)) as Patroni;
  for (const key of ['synchronous_mode']) expect(example.bootstrap.dcs[key]).toBe(tried.bootstrap.dcs[key]);
  for (const line of haproxyConfig(5432, []).match(/^ {2}(option|http-check|default-server|timeout) .*$/gm) ?? [])
    expect(text('deploy/examples/haproxy.cfg')).toContain(line);
});
