import { type Socket } from 'node:net';
import { addFeatures, addRollout, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';
import { openSocket, readToEnd } from '../support/http/raw-http.js';

const LIMIT = 4_194_304;
const api = useService({ HEKSHER_MEMBERS_BODY_LIMIT_BYTES: String(LIMIT) });
let id: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  id = await addRollout(api.call, 'cache_size', { value: 7, members: ['jim', 'unit-7'] });
});

const CSV = { 'Content-Type': 'text/csv' };
const path = (): string => `/rollouts/${id}/members`;
const memberCount = async (): Promise<unknown> =>
  ((await api.get(`/rollouts/${id}`)).body as { member_count: number }).member_count;

/** Of twice the general limit of bodies. */
const MANY = 200_000;
const unitsFrom = (first: number): string[] => Array.from({ length: MANY }, (_, index) => `unit-${first + index}`);

it('a body of lines beyond the general limit is one change, and each unit counts once', async () => {
  const units = unitsFrom(0);
  const answer = await api.post(path(), [...units, ...units.slice(0, 30_000)].join('\n'), CSV);
  expect(answer.body).toEqual({ added: MANY - 1, already: 1, removed: 0 });
  expect(await memberCount()).toBe(MANY + 1);
  const later = await api.put(path(), `${unitsFrom(50_000).join('\r\n')}\r\n`, CSV);
  expect(later.body).toEqual({ added: 50_000, already: MANY - 50_000, removed: 50_001 });
  expect(await memberCount()).toBe(MANY);
  const removal = await api.post(`${path()}?mode=remove`, units.map((unit) => JSON.stringify(unit)).join('\n'), {
    'Content-Type': 'application/x-ndjson',
  });
  expect(removal.body).toEqual({ added: 0, already: 0, removed: MANY - 50_000 });
  const transactions = await api.sql(
    `select count(distinct tx)::int from heksher_changes where "table" = 'rollout_members'`,
  );
  expect(transactions).toEqual([{ count: 4 }]);
}, 300_000);

it('a line that is no unit is found behind any number of good ones, and changes nothing', async () => {
  const lines = [...unitsFrom(0), 'no unit', 'unit', '"neither', 'x'.repeat(300_000), 'unread'];
  const answer = await api.unchanged(() => api.put(path(), lines.join('\n'), CSV));
  expect(answer.status).toBe(422);
  const { errors } = answer.body as { errors: { line: number }[] };
  expect(errors.map(({ line }) => line)).toEqual([MANY + 1, MANY + 3, MANY + 4]);
});

it.each([
  ['announced', (body: string) => body],
  ['sent in chunks', (body: string) => new Blob([body]).stream()],
])('a body of lines beyond their own limit, %s, is a 413 that names it', async (_how, given) => {
  const body = 'unit\n'.repeat(LIMIT / 5 + 1);
  const request = { method: 'PUT', headers: CSV, body: given(body), duplex: 'half' } as RequestInit;
  const answer = await fetch(`${api.url()}/api/v1${path()}`, request);
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain(String(LIMIT));
  expect(await memberCount()).toBe(2);
});

it('JSON, and lines sent elsewhere, keep the general limit', async () => {
  const members = unitsFrom(0);
  expect((await api.put(path(), { members })).status).toBe(413);
  expect((await api.post('/rules', members.join('\n'), CSV)).status).toBe(413);
});

/** Sends the beginning of a body of lines that is announced to be longer. */
async function begin(lines: string, length: number): Promise<Socket> {
  const socket = await openSocket(api.url());
  socket.write(
    `POST /api/v1${path()} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n${lines}`,
  );
  return socket;
}

it('a client that takes its time keeps no writer waiting, and one that leaves changes nothing', async () => {
  const [slow, leaving] = [await begin('ann\nbo', 8), await begin('zoe\nea', 8)];
  await expectStatus(204, api.patch(`/rollouts/${id}`, { percentage: 5 }));
  leaving.destroy();
  slow.write('b\n');
  expect(await readToEnd(slow)).toMatch(/^HTTP\/1.1 200 [^]*"added":2,"already":0,"removed":0/);
  expect((await api.get(path())).body).toMatchObject({ members: ['ann', 'bob', 'jim', 'unit-7'] });
});

it('what long bodies take together is bounded: one too many is a 503, and there is room again afterwards', async () => {
  const part = 'unit\n'.repeat(LIMIT / 5 - 1);
  const sockets = [await begin(part, LIMIT), await begin(part, LIMIT), await begin(part, LIMIT)];
  expect(await Promise.race(sockets.map(readToEnd))).toMatch(/^HTTP\/1.1 503 [^]*too many large bodies/);
  expect(await memberCount()).toBe(2);
  for (const socket of sockets) socket.destroy();
  let status = 503;
  while (status === 503) ({ status } = await api.put(path(), 'ann\n', CSV));
  expect(status).toBe(200);
});
