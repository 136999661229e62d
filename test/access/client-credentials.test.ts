import { type Authorization, HeksherClient, type Problem, setting } from '@heksher/client';
import { HeksherModule } from '@heksher/client/nest';
import { HeksherProvider } from '@heksher/client/openfeature';
import { HeksherBackend, Rollout } from '@heksher/rollout';
import { Test } from '@nestjs/testing';
import { OpenFeature } from '@openfeature/server-sdk';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { addFeatures, expectStatus, startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ADMIN = makeKey().text;
const asAdmin = { authorization: `Bearer ${ADMIN}` };

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN });
  await addFeatures((method, path, sent) => service.call(method, path, { ...sent, headers: asAdmin }), 'user');
});
afterAll(() => service.stop());

async function create(...grants: readonly string[]): Promise<Readonly<{ id: string; key: string }>> {
  const body = { subject: 'program', grants };
  const { body: made } = await expectStatus(201, service.call('POST', '/api/v1/keys', { body, headers: asAdmin }));
  return made as { id: string; key: string };
}

const revoke = (id: string) => expectStatus(204, service.call('DELETE', `/api/v1/keys/${id}`, { headers: asAdmin }));

const sizeOf = (name = 'size') => setting(name, { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
const key = (text: string): Authorization => `Bearer ${text}`;

test('a client declares and reads with a key, and the change log says whose that is', async () => {
  const { key: text } = await create('read', 'declare');
  const [one, two] = [sizeOf('one'), sizeOf('two')];
  const client = await HeksherClient.start({ url: service.url, settings: [one, two], authorization: key(text) });
  expect([...client.outcomes().values()]).toEqual([{ outcome: 'created' }, { outcome: 'created' }]);
  expect(one.get({ user: 'x' })).toBe(60);
  const rows = await service.database.sql(`select distinct actor from heksher_changes where "table" = 'settings'`);
  expect(rows).toEqual([{ actor: 'program' }]);
  await client.close();
});

test('a start without credentials, with unknown ones or with too few says what to do', async () => {
  const start = (authorization?: Authorization) =>
    HeksherClient.start({
      url: service.url,
      settings: [sizeOf('new')],
      ...(authorization !== undefined && { authorization }),
    });
  await expect(start()).rejects.toThrow(/answered 401 \(credentials are required.*it wants credentials: give a key/);
  await expect(start(key(makeKey().text))).rejects.toThrow(
    /answered 401 \(the key is not known, or was revoked, request [\w-]+\); the credentials do not hold/,
  );
  const { key: reader } = await create('read');
  await expect(start(key(reader))).rejects.toThrow(
    /^declaring "new": the service answered 403 .*lack the scope heksher:declare: ask for a key/,
  );
  expect((await service.call('GET', '/api/v1/settings/new', { headers: asAdmin })).status).toBe(404);
});

test('a revoked key is replaced by the one that a function gives, and meanwhile the values stay', async () => {
  const [first, second] = [await create('read', 'declare'), await create('read', 'declare')];
  let [held, next] = [first.key, first.key];
  const problems: Problem[] = [];
  const size = sizeOf('replaced');
  const client = await HeksherClient.start({
    url: service.url,
    settings: [size],
    updateIntervalMs: 50,
    onProblem: (problem) => problems.push(problem),
    authorization: ({ isRefused }) => {
      if (isRefused) held = next;
      return `Bearer ${held}`;
    },
  });
  await revoke(first.id);
  await until('the problem', () => problems.length > 0);
  expect(problems).toMatchObject([{ kind: 'credentials', status: 401 }]);
  expect(JSON.stringify(problems)).not.toContain(first.key.slice(28));
  expect(size.get({ user: 'x' })).toBe(60);
  next = second.key;
  await until('values', () => client.status().state === 'serving');
  await client.close();
});

test('modules of Nest and providers of OpenFeature take it too', async () => {
  const { key: text } = await create('read', 'declare');
  const options = (name: string) => ({
    url: service.url,
    settings: [sizeOf(name)],
    authorization: () => key(text) as string,
  });
  const module = await Test.createTestingModule({ imports: [HeksherModule.forRoot(options('nest'))] }).compile();
  const app = await module.createNestApplication().init();
  expect(app.get(HeksherClient).status().state).toBe('serving');
  await app.close();
  await OpenFeature.setProviderAndWait(new HeksherProvider(() => HeksherClient.start(options('flag'))));
  expect(await OpenFeature.getClient().getNumberValue('flag', 0)).toBe(60);
  await OpenFeature.close();
});

describe('a rollout of the service', () => {
  test('is made and decided with a key, and the refusal of another says what is missing', async () => {
    const { key: text, id } = await create('write');
    let held = 'hk_s_unknown';
    const asked: boolean[] = [];
    const authorization = ({ isRefused }: { isRefused: boolean }): Promise<string> => {
      asked.push(isRefused);
      if (isRefused) held = text;
      return Promise.resolve(`Bearer ${held}`);
    };
    const rollout = new Rollout(new HeksherBackend({ url: service.url, authorization }));
    await rollout.addFunc('checkout', { percentage: 100 });
    expect(asked.slice(0, 3)).toEqual([false, true, false]);
    expect(await rollout.isEnabled('checkout', 'ann')).toBe(true);
    await revoke(id);
    await expect(rollout.isEnabled('checkout', 'ann')).rejects.toThrow(
      /401 to POST \/evaluate.*do not hold: give a key/,
    );
    const { key: reader } = await create('evaluate');
    const reading = new Rollout(new HeksherBackend({ url: service.url, authorization: key(reader) }));
    expect(await reading.isEnabled('checkout', 'ann')).toBe(true);
    await expect(reading.disable('checkout')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/403 to GET .*lack the scope heksher:read/) as string,
    });
    await Promise.all([rollout.close(), reading.close()]);
  });

  test('takes no key without a scheme, and does not show it', () => {
    const open = (): unknown => new HeksherBackend({ url: service.url, authorization: 'hk_s_secret' });
    expect(open).toThrow(/has no scheme such as "Bearer" before it/);
    expect(open).not.toThrow(/secret/);
  });
});
