import { type Effort, type Measurement } from '../bench.js';
import { SMALL } from '../extents.js';
import { compared } from '../finding.js';
import { AUDIENCE, startIssuer } from '../issuer.js';
import { firstSettings } from '../names.js';
import { queryOfFirst } from '../queries.js';
import { newKey, type Service, startService } from '../service.js';
import { type Comparison } from '../statistics.js';
import { CONNECTIONS, compareRepeated, type Repeated } from '../throughput.js';

const PATH = queryOfFirst(SMALL.settings);
const PINNED = { user: 'user_0000' };

const ABOUT = {
  unit: 'req/s',
  against: 'Heksher without access control',
  bar: { of: 'ratio', is: 'at least', limit: 0.95 },
} as const;

/** What it costs to know who asks, by each kind of credentials. */
export const access: Measurement = {
  name: 'access',
  processes: 3,
  async measure(given) {
    const bench = { ...given, effort: inSlices(given.effort) };
    const database = await bench.fixtures.small();
    const issuer = await startIssuer(bench.scope);
    const adminKey = await newKey(bench.scope);
    const env = {
      HEKSHER_AUTH: 'on',
      HEKSHER_ADMIN_KEY: adminKey,
      HEKSHER_OAUTH_ISSUER: issuer.url,
      HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
    };
    const query = `repeated query, 20 settings × 10 rules, ${CONNECTIONS} connections`;
    const by = (credentials: string) => ({ Authorization: `Bearer ${credentials}` });
    // What V8 makes of a service depends on what it was asked before.
    const compare = (repeated: Repeated): Promise<Comparison> =>
      bench.scope.within(async (scope) => {
        const sides = [await startService(scope, database, { env }), await startService(scope, database)] as const;
        return compareRepeated({ ...bench, scope }, sides, repeated);
      });
    const ofKey = await compare({ path: PATH, headers: by(adminKey) });
    const ofToken = await compare({ path: PATH, headers: by(await issuer.token('bench')) });
    const pinning = await bench.scope.within(async (scope) =>
      tenantKey(await startService(scope, database, { env }), adminKey),
    );
    const ofTenant = await compare(evaluation(pinning));
    return [
      compared({ ...ABOUT, name: this.name, what: `${query}, by a key` }, ofKey),
      compared({ ...ABOUT, name: this.name, what: `${query}, by a token` }, ofToken),
      compared(
        { ...ABOUT, name: this.name, what: `evaluation of 10 settings by a key that pins its context` },
        ofTenant,
      ),
    ];
  },
};

/** As much in shorter runs: what is looked for is less than what a machine wavers from one second to the next. */
function inSlices(effort: Effort): Effort {
  return { ...effort, pairs: effort.pairs * SLICES, runMs: effort.runMs / SLICES };
}

const SLICES = 4;

function evaluation(key: string): Repeated {
  const body = JSON.stringify({ context: { ...PINNED, theme: 'dark' }, settings: firstSettings(10) });
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  return { path: '/api/v1/evaluate', headers, body };
}

async function tenantKey({ url }: Service, adminKey: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/keys`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${adminKey}` },
    body: JSON.stringify({ subject: 'tenant', grants: ['evaluate'], pinned: PINNED }),
  });
  if (answer.status !== 201) throw new Error(`no key was made: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { key: string }).key;
}
