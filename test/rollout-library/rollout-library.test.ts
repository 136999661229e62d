import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HeksherBackend, type HeksherOptions, Rollout } from '@heksher/rollout';
import { describeBehaviour, describeSharing, freshName } from '../support/rollouts/rollout-behaviour.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeAll(() => addFeatures(api.call, 'account', 'user'));

const open = (options: Partial<HeksherOptions> = {}): HeksherBackend =>
  new HeksherBackend({ url: api.url(), ...options });

describe('HeksherBackend', () => {
  describeBehaviour(open);
  describeSharing(open);
});

describe('what HeksherBackend makes in the service', () => {
  const rolloutsOf = async (setting: string): Promise<unknown> =>
    ((await api.get(`/rollouts?setting=${setting}`)).body as { rollouts: unknown }).rollouts;

  it('is a setting of type bool with one rollout, by CRC-32', async () => {
    const rollout = new Rollout(open({ prefix: 'flags.' }));
    await rollout.addFunc('cdc_on', { percentage: 80, variants: ['foo', 'bar'], check: 'id' });
    await rollout.register('cdc_on', '447568110000');
    await rollout.register('cdc_on', /01$/i);
    expect((await api.get('/settings/flags.cdc_on')).body).toMatchObject({
      type: 'bool',
      default_value: false,
      configurable_features: ['user'],
      version: '1.0',
    });
    expect(await rolloutsOf('flags.cdc_on')).toMatchObject([
      {
        feature: 'user',
        feature_values: {},
        enabled: true,
        percentage: 80,
        hash: 'crc32',
        pattern: '(?i)01$',
        member_count: 1,
        variants: [
          { name: 'foo', value: true, weight: 1 },
          { name: 'bar', value: true, weight: 1 },
        ],
      },
    ]);
    await rollout.register('cdc_on', /^x/);
    expect(await rolloutsOf('flags.cdc_on')).toMatchObject([{ pattern: '(?:(?i)01$)|(?:^x)' }]);
    expect(await rollout.functionalities()).toEqual(['cdc_on']);
  });

  it('a setting that is there is taken, if it is of type bool and configurable by the feature', async () => {
    const [taken, int, other] = [freshName(), freshName(), freshName()];
    await declare(api.call, {
      name: taken,
      type: 'bool',
      default_value: false,
      configurable_features: ['account', 'user'],
    });
    await declare(api.call, { name: int, configurable_features: ['user'] });
    await declare(api.call, { name: other, type: 'bool', default_value: false, configurable_features: ['account'] });
    const rollout = new Rollout(open());
    await rollout.addFunc(taken, { percentage: 0 });
    await addRule(api.call, taken, { user: 'ann' }, true);
    expect(await rollout.isEnabled(taken, 'ann')).toBe(true);
    expect(await rollout.isEnabled(taken, 'bob')).toBe(false);
    for (const setting of [int, other]) {
      await expect(rollout.addFunc(setting)).rejects.toMatchObject({ code: 'conflict', functionality: setting });
      expect(await rolloutsOf(setting)).toEqual([]);
    }
  });

  it('what others set in the rollout stays', async () => {
    const name = freshName();
    const rollout = new Rollout(open());
    await rollout.addFunc(name, { percentage: 0 });
    await rollout.register(name, /^a/);
    const [{ rollout_id: id }] = (await rolloutsOf(name)) as [{ rollout_id: number }];
    await api.patch(`/rollouts/${id}`, { pattern: '^\\pN+$', metadata: { owner: 'jim' } });
    await rollout.register(name, /^b/);
    await rollout.addFunc(name, { check: 'id' });
    expect(await rolloutsOf(name)).toMatchObject([{ pattern: '(?:^\\pN+$)|(?:^b)', metadata: { owner: 'jim' } }]);
    expect(await rollout.isEnabled(name, '42')).toBe(true);
    expect(await rollout.isEnabled(name, 'ann')).toBe(false);
    expect((await rollout.functionality(name)).check).toBe('id');
  });

  it('a renamed setting is found by its old name', async () => {
    const [name, renamed] = [freshName(), freshName()];
    const rollout = new Rollout(open());
    await rollout.addFunc(name, { percentage: 0 });
    await rollout.register(name, 'ann');
    await api.put(`/settings/${name}/name`, { name: renamed, version: '1.1' });
    await rollout.addFunc(name, { percentage: 1 });
    await rollout.register(name, 'bob');
    const answers = ['ann', 'bob', '37', 'jim'].map((id) => rollout.isEnabled(name, id));
    expect(await Promise.all(answers)).toEqual([true, true, true, false]);
  });

  it('registers in the rollout that is there now', async () => {
    const name = freshName();
    const rollout = new Rollout(open());
    await rollout.addFunc(name, { percentage: 0 });
    await rollout.register(name, 'ann');
    const [{ rollout_id: id }] = (await rolloutsOf(name)) as [{ rollout_id: number }];
    await api.delete(`/rollouts/${id}`);
    await expect(rollout.register(name, 'ann')).rejects.toMatchObject({ code: 'not_found' });
    expect(await rollout.isEnabled(name, 'ann')).toBe(false);
    await rollout.addFunc(name, { percentage: 0 });
    await rollout.register(name, 'ann');
    expect(await rollout.isEnabled(name, 'ann')).toBe(true);
  });
});

describe('HeksherBackend refuses', () => {
  it.each(['a b', 'a,b', 'a:b', "a'", 'x'.repeat(256)])(
    'the unit %j, which the service does not take',
    async (unit) => {
      const name = freshName();
      const rollout = new Rollout(open());
      await rollout.addFunc(name);
      for (const asked of [rollout.isEnabled(name, unit), rollout.register(name, unit)]) {
        await expect(asked).rejects.toMatchObject({ code: 'invalid', functionality: name });
      }
    },
  );

  it.each(['a b', 'ü', 'a/b', '.'])('the name %j, which no setting can have', async (name) => {
    const rollout = new Rollout(open());
    await expect(rollout.addFunc(name)).rejects.toMatchObject({ code: 'invalid', functionality: name });
    await expect(rollout.isEnabled(name, 'ann')).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([/a(?=b)/, /(a)\1/, new RegExp('\\Qa'), /a{2000}/, new RegExp('[a&&b]', 'v')])(
    'the pattern %s, which the service does not take',
    async (pattern) => {
      const name = freshName();
      const rollout = new Rollout(open());
      await rollout.addFunc(name, { percentage: 0 });
      await expect(rollout.register(name, pattern)).rejects.toMatchObject({ code: 'invalid' });
      expect((await rollout.functionality(name)).patterns).toEqual([]);
    },
  );

  it('a context feature that the service does not have', async () => {
    const rollout = new Rollout(open({ feature: 'tenant' }));
    await expect(rollout.addFunc(freshName())).rejects.toMatchObject({ code: 'not_found' });
    await expect(rollout.addFunc(freshName())).rejects.toThrow('"tenant"');
  });

  it.each([
    ['', 'is empty'],
    ['service', 'is not a URL'],
    ['localhost:8080', 'begins with "localhost:"'],
    ['http://jim:pw@service', 'holds credentials'],
    ['http://service?a=b', 'has a query'],
    ['http://service/api/v1/', 'ends with the path of the API'],
  ])('the url %j: it %s', (url, why) => {
    expect(() => open({ url })).toThrow(`the url of the service ${why}`);
    expect(() => open({ url })).not.toThrow('pw@');
  });
});

describe('HeksherBackend, where the service does not answer', () => {
  it.each([
    ['refuses connections', undefined],
    ['is not itself', 502],
    ['says nothing', 0],
  ])('because it %s, gives a typed error, or the answer that is asked for', async (_, status) => {
    const server = createServer((_request, response) => {
      if (status) response.writeHead(status).end('<html>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (status === undefined) server.close();
    const backend = open({ url, timeoutMs: 200 });
    await expect(new Rollout(backend).isEnabled('a', 'ann')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await new Rollout(backend, { onError: 'disabled' }).isEnabled('a', 'ann')).toBe(false);
    expect(await new Rollout(backend, { onError: () => true }).isEnabled('a', 'ann')).toBe(true);
    server.closeAllConnections();
    server.close();
  });

  it('sends the headers that it was given', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers['authorization'], request.url);
      response.end('{"settings":{"a":{"value":true}}}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/behind/`;
    const rollout = new Rollout(open({ url, headers: { authorization: 'Bearer x' } }));
    expect(await rollout.isEnabled('a', 'ann')).toBe(true);
    expect(seen).toEqual(['Bearer x', '/behind/api/v1/evaluate']);
    server.closeAllConnections();
    server.close();
  });
});
