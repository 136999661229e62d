import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';

type Line = Readonly<Record<string, unknown>>;
type Write = readonly [request: string, body: object | undefined, message: string, fields: Line];

const SETTING = { name: 's', type: 'int', default_value: 1, configurable_features: ['a'], version: '1.0' };
const RULE = { rule_id: 1, setting: 't' };
const ROLLOUT = { rollout_id: 1, setting: 't' };
const changed = (attribute: string, version: string): Line => ({ setting: 't', attribute, version });

/** Every kind of write, each of which finds what those before it have left. */
const WRITES: readonly Write[] = [
  ['POST /context_features', { context_feature: 'a' }, 'context feature added', { context_feature: 'a' }],
  ['POST /context_features', { context_feature: 'b' }, 'context feature added', { context_feature: 'b' }],
  ['PATCH /context_features/b/index', { to_before: 'a' }, 'context feature moved', { to_before: 'a' }],
  ['DELETE /context_features/b', undefined, 'context feature deleted', { context_feature: 'b' }],
  ['POST /settings/declare', SETTING, 'setting created', { setting: 's' }],
  ['POST /settings/declare', { ...SETTING, default_value: 2, version: '1.1' }, 'setting upgraded', { to: '1.1' }],
  ['PUT /settings/s/name', { name: 't', version: '1.2' }, 'setting changed', { attribute: 'name' }],
  ['PUT /settings/t/type', { type: 'float', version: '2.0' }, 'setting changed', changed('type', '2.0')],
  [
    'PUT /settings/t/configurable_features',
    { configurable_features: ['a'], version: '2.1' },
    'setting changed',
    changed('configurable features', '2.1'),
  ],
  ['POST /settings/t/metadata', { metadata: { m: 1 }, version: '2.2' }, 'setting changed', changed('metadata', '2.2')],
  ['PUT /settings/t/metadata', { metadata: { m: 2 }, version: '2.3' }, 'setting changed', changed('metadata', '2.3')],
  ['PUT /settings/t/metadata/k', { value: 1, version: '2.4' }, 'setting changed', changed('metadata', '2.4')],
  ['DELETE /settings/t/metadata/k', { version: '2.5' }, 'setting changed', changed('metadata', '2.5')],
  ['DELETE /settings/t/metadata', { version: '2.6' }, 'setting changed', changed('metadata', '2.6')],
  ['POST /rules', { setting: 't', feature_values: { a: 'x' }, value: 1 }, 'rule added', RULE],
  ['PUT /rules/1/value', { value: 2 }, 'rule changed', { ...RULE, attribute: 'value' }],
  ['PATCH /rules/1', { value: 3 }, 'rule changed', { ...RULE, attribute: 'value' }],
  ['POST /rules/1/metadata', { metadata: { m: 1 } }, 'rule changed', { ...RULE, attribute: 'metadata' }],
  ['PUT /rules/1/metadata', { metadata: { m: 2 } }, 'rule changed', { ...RULE, attribute: 'metadata' }],
  ['PUT /rules/1/metadata/k', { value: 1 }, 'rule changed', { ...RULE, attribute: 'metadata' }],
  ['DELETE /rules/1/metadata/k', undefined, 'rule changed', { ...RULE, attribute: 'metadata' }],
  ['DELETE /rules/1/metadata', undefined, 'rule changed', { ...RULE, attribute: 'metadata' }],
  ['PUT /rules/1', { value: 4, metadata: {} }, 'rule changed', { ...RULE, attribute: 'value, metadata' }],
  ['DELETE /rules/1', undefined, 'rule deleted', RULE],
  ['POST /rollouts', { setting: 't', feature: 'a', value: 1 }, 'rollout added', ROLLOUT],
  ['PATCH /rollouts/1', { enabled: false }, 'rollout changed', { ...ROLLOUT, attributes: 'enabled' }],
  ['POST /rollouts/1/members', { add: ['x'] }, 'rollout changed', { ...ROLLOUT, attributes: 'members', added: 1 }],
  ['PUT /rollouts/1/members', { members: [] }, 'rollout changed', { ...ROLLOUT, attributes: 'members', removed: 1 }],
  ['DELETE /rollouts/1', undefined, 'rollout deleted', ROLLOUT],
  ['PUT /settings/t/override', { value: 1 }, 'override added', { ...RULE, rule_id: 2 }],
  ['PUT /settings/t/override', { value: 2 }, 'override changed', { ...RULE, rule_id: 2 }],
  ['DELETE /settings/t/override', undefined, 'override deleted', { ...RULE, rule_id: 2 }],
  ['DELETE /settings/t', undefined, 'setting deleted', { setting: 't' }],
];

const refused = (code: string, message: string): Write => [
  'POST /settings/declare',
  { ...SETTING, name: `refused.${code}` },
  message,
  {},
];

/** Declarations that the database refuses only at the commit, with the code in the name. */
const REFUSED: readonly Write[] = [
  refused('57014', 'a request failed for want of the database'),
  refused('23505', 'a constraint or trigger of the database refused a request'),
  refused('P0001', 'a constraint or trigger of the database refused a request'),
  refused('XX000', 'a request failed in a way nobody expected'),
];
const REFUSE_AT_COMMIT = `
  create function refuse() returns trigger language plpgsql as
    $$ begin raise 'refused' using errcode = split_part(new.name, '.', 2); end $$;
  create constraint trigger refuse after insert on settings deferrable initially deferred
    for each row when (new.name like 'refused.%') execute function refuse()`;

let database: TestDatabase;
let service: ServiceProcess;
const statuses: number[] = [];
let lines: readonly Line[];

/** All requests go to one service, each with an id of its own; the tests look at what it printed. */
beforeAll(async () => {
  database = await createDatabase();
  service = spawnService({
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    HEKSHER_LOG_FORMAT: 'json',
  });
  const { call } = await service.ready;
  await database.sql(REFUSE_AT_COMMIT);
  for (const [index, [request, body]] of [...WRITES, ...REFUSED].entries()) {
    const [method = '', path = ''] = request.split(' ');
    const headers = { accept: 'application/problem+json', 'x-request-id': idOf(index) };
    statuses.push((await call(method, `/api/v1${path}`, { body, headers })).status);
  }
  service.child.kill();
  await service.exited;
  const printed = service.output().trimEnd().split('\n');
  lines = printed.map((line) => JSON.parse(line) as Line);
});
afterAll(async () => {
  service.child.kill('SIGKILL');
  await database.drop();
});

const idOf = (index: number): string => `write-${index}`;
const linesOf = (index: number): readonly Line[] => lines.filter((line) => line['request_id'] === idOf(index));

it.each(WRITES.map(([request, , message, fields], index) => ({ request, message, fields, index })))(
  '$request is one line, "$message", that has the address of the client and ends with the id of its request',
  ({ message, fields, index }) => {
    expect(statuses[index]).toBeLessThan(300);
    expect(linesOf(index)).toMatchObject([{ level: 'info', message, ...fields, client: '127.0.0.1' }]);
    expect(Object.keys(linesOf(index)[0] ?? {}).at(-1)).toBe('request_id');
  },
);

it.each(REFUSED.map(([, , message], index) => ({ message, index: WRITES.length + index })))(
  'a write that is rolled back is one line, "$message", that ends with the id of its request',
  ({ message, index }) => {
    expect(statuses[index]).toBeGreaterThanOrEqual(400);
    expect(linesOf(index)).toMatchObject([{ message, error: { message: 'refused' } }]);
    expect(Object.keys(linesOf(index)[0] ?? {}).at(-1)).toBe('request_id');
  },
);

it('a line that tells of no request has no id', () => {
  const others = lines.filter((line) => !('request_id' in line));
  expect(others.map(({ message }) => message)).toEqual(['Heksher is ready', 'shutting down', 'Heksher has stopped']);
});
