import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import {
  addFeatures,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { idOf, Receiver, SENDING, verified } from '../support/webhooks/receiver.js';

const ADMIN = makeKey().text;

let database: TestDatabase;
let service: TestService;
let ann: Call;
let bob: Call;
const admin = as(ADMIN);
const receiver = new Receiver();

beforeAll(async () => {
  database = await createDatabase();
  service = await startTestService(
    { ...SENDING, HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN, HEKSHER_APPROVALS: 'billing.*:1' },
    database,
  );
  await receiver.start();
  await addFeatures(admin, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui']) await declare(admin, { name, default_value: 1 });
  [ann, bob] = [await keyOf('ann'), await keyOf('bob')];
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
  await database.drop();
});
afterEach(() => database.sql('delete from heksher_webhooks'));

function as(key: string): Call {
  return (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${key}`, ...options?.headers } });
}

async function keyOf(subject: string): Promise<Call> {
  const body = { subject, grants: ['read', 'write', 'approve'] };
  const { body: made } = await expectStatus(201, admin('POST', '/api/v1/keys', { body }));
  return as((made as { key: string }).key);
}

type Changeset = Readonly<{ changeset_id: number; state: string; digest: string; seq: number; revision: string }>;

let written = 0;
const putRule = (setting: string): object => {
  written += 1;
  return { op: 'put_rule', setting, feature_values: { user: `u${written}` }, value: written };
};

async function post(call: Call, path: string, body: object | undefined, status = 200): Promise<Changeset> {
  const answer = await expectStatus(status, call('POST', `/api/v1/changesets${path}`, body && { body }));
  return answer.body as Changeset;
}

const propose = async (setting = 'billing.rate') =>
  (await post(ann, '', { operations: [putRule(setting)], propose: true }, 201)).changeset_id;

async function approve(id: number): Promise<void> {
  const { body } = await expectStatus(200, bob('GET', `/api/v1/changesets/${id}`));
  await post(bob, `/${id}/approve`, { digest: (body as Changeset).digest });
}

type Event = Readonly<{
  id: string;
  type: string;
  sequence: string;
  authid: string;
  changeset: number | undefined;
  data: Changeset & { actor: string };
}>;

let made = 0;
async function create(body: object): Promise<Readonly<{ id: string; events: () => readonly Event[] }>> {
  made += 1;
  const path = `/${made}`;
  const given = { url: `${receiver.url}${path}`, ...body };
  const answer = await expectStatus(201, admin('POST', '/api/v1/webhooks', { body: given }));
  const { id, secret } = answer.body as { id: string; secret: string };
  const events = () =>
    receiver.received
      .filter((one) => one.path === path)
      .map((one) => {
        const event = verified(secret, one) as unknown as Event;
        expect(idOf(one)).toBe(`msg_${event.id}`);
        return { ...event, changeset: event.data.changeset_id };
      });
  return { id, events };
}

const EVERYTHING = { events: ['heksher.changeset.*', 'heksher.change.committed'] };
const short = (events: readonly Event[]) =>
  events.map(({ type, changeset }) => [type.replace('heksher.', ''), changeset]);
const told = (count: number, events: () => readonly Event[]) =>
  until(`${count} events`, () => events().length >= count);

it('tells of a review step by step, and of what it changed before that it was applied', async () => {
  const { events } = await create(EVERYTHING);
  const id = await propose();
  await approve(id);
  const applied = await post(ann, `/${id}/apply`, undefined);
  await told(4, events);
  expect(short(events())).toEqual([
    ['changeset.proposed', id],
    ['changeset.approved', id],
    ['change.committed', undefined],
    ['changeset.applied', id],
  ]);
  const [proposed, approved, change, last] = events();
  expect(change?.id).toBe(applied.revision);
  expect(last?.sequence).toBe(change?.sequence);
  expect(proposed?.data).toMatchObject({ state: 'proposed', author: 'ann', approvals: [], actor: 'ann' });
  expect(approved).toMatchObject({ authid: 'bob', data: { state: 'approved', approvals: [{ actor: 'bob' }] } });
  expect(last?.data).toMatchObject({ state: 'applied', seq: applied.seq, actor: 'ann' });
});

it('tells of sets that are rejected, withdrawn, scheduled, or fail', async () => {
  const { events } = await create({ events: ['heksher.changeset.*'] });
  const [rejected, withdrawn] = [await propose(), await propose()];
  await post(bob, `/${rejected}/reject`, undefined);
  await post(ann, `/${withdrawn}/withdraw`, undefined);
  const apply_at = new Date(Date.now() + 3_600_000).toISOString();
  const { changeset_id: failed } = await post(ann, '', { operations: [putRule('ui')], apply_at }, 201);
  await database.sql(
    `update heksher_changesets set apply_at = clock_timestamp() - interval '1 day' where id = ${failed}`,
  );
  await told(6, events);
  expect(short(events())).toEqual([
    ['changeset.proposed', rejected],
    ['changeset.proposed', withdrawn],
    ['changeset.rejected', rejected],
    ['changeset.withdrawn', withdrawn],
    ['changeset.scheduled', failed],
    ['changeset.failed', failed],
  ]);
});

it('tells endpoints of the types and settings that they asked for, from when they were made', async () => {
  const early = await propose();
  const [approvals, ui, usual] = [
    await create({ events: ['heksher.changeset.approved'] }),
    await create({ ...EVERYTHING, settings: ['ui'] }),
    await create({}),
  ];
  await approve(early);
  const about = await propose('ui');
  await post(ann, `/${early}/apply`, undefined);
  await post(ann, `/${about}/apply`, undefined);
  await Promise.all([told(1, approvals.events), told(3, ui.events), told(2, usual.events)]);
  await until('all to be told', async () => {
    const { body } = await admin('GET', '/api/v1/webhooks');
    const places = (body as { webhooks: readonly { cursor: string }[] }).webhooks.map(({ cursor }) => cursor);
    return new Set(places).size === 1;
  });
  expect(short(approvals.events())).toEqual([['changeset.approved', early]]);
  expect(short(ui.events())).toEqual([
    ['changeset.proposed', about],
    ['change.committed', undefined],
    ['changeset.applied', about],
  ]);
  expect(short(usual.events())).toEqual([
    ['change.committed', undefined],
    ['change.committed', undefined],
  ]);
});

it('tells of reviews and changes that go on at once in one order, and a replay tells the same again', async () => {
  const { id, events } = await create(EVERYTHING);
  const from = ((await admin('GET', `/api/v1/webhooks/${id}`)).body as { cursor: string }).cursor;
  const writing = async (): Promise<void> => {
    for (let count = 0; count < 10; count += 1) {
      written += 1;
      const body = { setting: 'ui', feature_values: { user: `w${written}` }, value: written };
      await expectStatus(201, ann('POST', '/api/v1/rules', { body }));
    }
  };
  const reviewing = async (): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      const set = await propose();
      await approve(set);
      await post(ann, `/${set}/apply`, undefined);
    }
  };
  await Promise.all([writing(), reviewing(), reviewing()]);
  await told(50, events);
  const first = events();
  const sequences = first.map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
  for (const [index, { type, data }] of first.entries())
    if (type === 'heksher.changeset.applied') expect(Number(first[index - 1]?.data.seq)).toBe(data.seq);
  await expectStatus(200, admin('POST', `/api/v1/webhooks/${id}/replay`, { body: { from } }));
  const ids = (those: readonly Event[]) => those.map(({ id: one }) => one);
  const again = () => ids(events()).slice(first.length);
  await until('the last one again', () => again().includes(String(first.at(-1)?.id)), 30_000);
  // What came behind the same revision, before the webhook was made, is told, too.
  expect(again().slice(again().indexOf(String(first[0]?.id)))).toEqual(ids(first));
});

it('refuses types that there are not', async () => {
  const body = { url: `${receiver.url}/x`, events: ['heksher.changeset.applied', 'heksher.feed.reset'] };
  const { body: problem } = await expectStatus(422, admin('POST', '/api/v1/webhooks', { body }));
  expect(problem).toMatchObject({ errors: [{ pointer: '/events/1' }] });
});
