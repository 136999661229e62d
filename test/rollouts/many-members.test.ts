import { copyFrom } from '../support/database/copy.js';
import {
  addFeatures,
  addRollout,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

/** More than the service reads one by one from the change log. */
const MANY = 60_000;

let services: readonly TestService[];
let id: number;
beforeAll(async () => {
  const first = await startTestService();
  services = [first, await startTestService({}, first.database)];
  await addFeatures(first.call, 'account', 'user', 'theme');
  await declare(first.call);
  id = await addRollout(first.call, 'cache_size', { value: 7 });
});
afterAll(async () => {
  for (const service of services.toReversed()) await service.stop();
});

/** Through either service, which have to agree. */
async function expectMember(unit: string, isMember: boolean): Promise<void> {
  for (const { call } of services) {
    const answer = await expectStatus(200, call('POST', '/api/v1/evaluate', { body: { context: { user: unit } } }));
    expect({ unit, body: answer.body }).toMatchObject({
      body: { settings: { cache_size: { value: isMember ? 7 : 60 } } },
    });
  }
}

it('very many members, added with COPY, and each that comes or goes after them, decide at once', async () => {
  const [first, second] = services;
  if (first === undefined || second === undefined) throw new Error('there are two services');
  const members = `/api/v1/rollouts/${id}/members`;
  await expectMember('unit-7', false);
  const client = await first.database.connect();
  try {
    const lines = Array.from({ length: MANY }, (_, index) => `${id}\tunit-${index}`);
    await copyFrom(client, 'copy rollout_members (rollout, unit) from stdin', lines);
  } finally {
    await client.end();
  }
  await expectMember('unit-7', true);
  await expectMember(`unit-${MANY - 1}`, true);
  await expectMember(`unit-${MANY}`, false);
  await expectStatus(200, second.call('POST', members, { body: { add: ['new'], remove: ['unit-7'] } }));
  await expectMember('new', true);
  await expectMember('unit-7', false);
  await expectMember('unit-8', true);
  await first.database.sql(`delete from rollout_members where unit like 'unit-1%'`);
  await expectMember('unit-1', false);
  await expectMember('unit-2', true);
  await first.database.sql('truncate rollout_members');
  await expectMember('unit-2', false);
  await expectMember('new', false);
});
