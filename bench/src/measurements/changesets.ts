import { HeksherClient, setting } from '@heksher/client';
import type pg from 'pg';
import { type Measurement } from '../bench.js';
import { connect } from '../database-server.js';
import { compared, measured } from '../finding.js';
import { type HttpClient } from '../http-client.js';
import { FEATURES, settingName } from '../names.js';
import { clientOf, startService } from '../service.js';

const RULES = 1_000;
const SETTINGS = 1_000;
const OPERATIONS = 100;
const ROUNDS = 5;

const MANY_RULES = `
  with added as (
    insert into rules (setting, value)
    select 'setting_0001', given.place::text from generate_series(1, ${RULES}) as given (place)
    returning id, value)
  insert into conditions (rule, context_feature, feature_value)
  select added.id, 'user', $1 || added.value from added`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function putRules(client: HttpClient, prefix: string): Promise<unknown> {
  const operations = Array.from({ length: RULES }, (_, index) => ({
    op: 'put_rule',
    setting: settingName(1),
    feature_values: { user: `${prefix}${index}` },
    value: index,
  }));
  return client.send({ method: 'POST', path: '/api/v1/changesets', body: { operations } });
}

async function insertBare(client: pg.Client, prefix: string): Promise<void> {
  await client.query('begin');
  await client.query(MANY_RULES, [prefix]);
  await client.query('commit');
}

function namesOf(prefix: string): readonly string[] {
  return Array.from({ length: SETTINGS }, (_, index) => `${prefix}_${index}`);
}

async function startClient(url: string, names: readonly string[]): Promise<void> {
  const settings = names.map((name) => setting(name, { type: 'int', configurableFeatures: FEATURES, defaultValue: 1 }));
  const client = await HeksherClient.start({ url, settings, updateIntervalMs: 86_400_000 });
  await client.close();
}

/** Many changes as one, against what they are made of. */
export const changesets: Measurement = {
  name: 'changesets',
  async measure({ scope, fixtures }) {
    const small = await fixtures.small();
    const service = await startService(scope, await fixtures.copy(scope, small));
    const http = clientOf(scope, service, 1);
    // On a database of its own: the service need not read what it writes.
    const bare = await connect(scope, (await fixtures.copy(scope, small)).address);
    const sets = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ours = await timed(() => putRules(http, `ours_${round}_`));
      const theirs = await timed(() => insertBare(bare, `theirs_${round}_`));
      if (round === 0) continue;
      sets.ours.push(RULES / (ours / 1_000));
      sets.theirs.push(RULES / (theirs / 1_000));
    }
    const declared = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      const ours = await timed(() => startClient(service.url, namesOf(`together_${round}`)));
      const theirs = await timed(async () => {
        for (const name of namesOf(`alone_${round}`)) {
          const body = { name, type: 'int', default_value: 1, configurable_features: FEATURES };
          await http.send({ method: 'POST', path: '/api/v1/settings/declare', body });
        }
      });
      declared.ours.push(SETTINGS / (ours / 1_000));
      declared.theirs.push(SETTINGS / (theirs / 1_000));
    }
    const huge = await startService(scope, await fixtures.copy(scope, await fixtures.huge()));
    const hugeClient = clientOf(scope, huge, 1);
    const tried: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      tried.push(await timed(() => tryOut(hugeClient, round)));
    }
    return [
      compared(
        {
          name: 'changeset-rules',
          what: `a change set of ${RULES} new rules`,
          unit: 'rules/s',
          against: 'the same rows by one bare statement',
          bar: { of: 'ratio', is: 'at least', limit: 0.3 },
        },
        sets,
      ),
      compared(
        {
          name: 'changeset-declarations',
          what: `a client that starts with ${SETTINGS} new settings, rules read too`,
          unit: 'settings/s',
          against: 'declaring them one by one',
          bar: { of: 'ratio', is: 'at least', limit: 10 },
        },
        declared,
      ),
      measured(
        {
          name: 'changeset-dry-run',
          what: `a dry run of ${OPERATIONS} operations on a setting of 100 000 rules`,
          unit: 'ms',
          bar: { of: 'figure', is: 'at most', limit: 300 },
        },
        tried,
      ),
    ];
  },
};

/** New rules of the huge setting. */
function tryOut(client: HttpClient, round: number): Promise<unknown> {
  const operations = Array.from({ length: OPERATIONS }, (_, index) => ({
    op: 'put_rule',
    setting: 'huge',
    feature_values: { user: `tried_${round}_${index}` },
    value: index,
  }));
  return client.send({ method: 'POST', path: '/api/v1/changesets', body: { operations, dry_run: true } });
}
