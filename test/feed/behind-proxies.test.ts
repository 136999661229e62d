import { EventSource } from 'eventsource';
import { type ChangeEvent, eventsOf, openStream } from '../support/feed/event-reader.js';
import { noHaproxy, noNginx, startHaproxy, startPlainNginx, type WebServer } from '../support/http/web-servers.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

/** HEKSHER_TEST_IDLE_S asks for streams that wait for so long, in seconds; the bar is 600. */
const IDLE_S = Number(process.env['HEKSHER_TEST_IDLE_S'] ?? 20);
const HEARTBEAT_S = 15;

const api = useService();
beforeAll(async () => {
  await addFeatures(api.call, 'user');
  await declare(api.call, { name: 'limit', configurable_features: ['user'] });
});

describe.each([
  { name: 'nginx', reason: noNginx, start: () => startPlainNginx(api.url()) },
  { name: 'HAProxy', reason: noHaproxy, start: () => startHaproxy(api.url()) },
])('behind $name as it comes', ({ name, reason, start }) => {
  describeUnless(reason)('a stream', () => {
    let server: WebServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    it('passes each event on while the answer goes on, as it is, though the client takes gzip', async () => {
      const stream = await openStream(`${server.url}/api/v1/changes`, { 'Accept-Encoding': 'gzip' });
      expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(stream.headers).not.toHaveProperty('content-encoding');
      await until('its place', () => stream.blocks.length === 2);
      for (let count = 1; count <= 3; count += 1) {
        await addRule(api.call, 'limit', { user: `${name}${count}` }, count);
        await eventsOf(stream, count);
      }
      stream.close();
    });

    it(
      'is followed by a browser, and stays open past a heartbeat',
      async () => {
        const source = new EventSource(`${server.url}/api/v1/changes`);
        let opened = 0;
        let failed = 0;
        const seen: ChangeEvent[] = [];
        source.addEventListener('open', () => (opened += 1));
        source.addEventListener('error', () => (failed += 1));
        source.addEventListener('change', ({ data }) => seen.push(JSON.parse(data as string) as ChangeEvent));
        await until('it to open', () => opened === 1);
        const raw = await openStream(`${server.url}/api/v1/changes`);
        const heartbeats = () => raw.blocks.filter(({ comments }) => comments.includes('keep-alive')).length;
        const expected = Math.max(1, Math.floor(IDLE_S / HEARTBEAT_S) - 1);
        await until(`${expected} heartbeats`, () => heartbeats() >= expected, IDLE_S * 1_000 + 30_000);
        raw.close();
        await addRule(api.call, 'limit', { user: `${name}-late` }, 1);
        await until('an event', () => seen.length === 1);
        expect([opened, failed]).toEqual([1, 0]);
        source.close();
      },
      IDLE_S * 1_000 + 60_000,
    );
  });
});
