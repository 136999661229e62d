import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ask, expectAlike } from '../support/http/both-ways.js';
import { headerOf } from '../support/http/raw-http.js';
import { addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_CORS_ORIGINS: 'https://app.example.com' });
beforeAll(async () => {
  await addFeatures(api.call, 'user');
  for (let index = 0; index < 100; index += 1) {
    const name = `setting_${index}`;
    await declare(api.call, { name, type: 'str', default_value: 'é'.repeat(100), configurable_features: ['user'] });
  }
});

const LONG = [
  '/api/v1/query',
  '/api/v1/settings?include_additional_data=true',
  '/openapi.json',
  '/docs/swagger-ui.css',
];
const QUERY = '/api/v1/query';
const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync };

describe.each(LONG)('a long answer at %s', (target) => {
  it.each(['gzip', 'br'] as const)('comes in %s where that is asked for, and is the same', async (encoding) => {
    const plain = await ask(api.url(), { target });
    const packed = await ask(api.url(), { target, headers: [`Accept-Encoding: ${encoding}`] });
    expect(packed.statusLine).toContain(' 200 ');
    expect(headerOf(packed, 'Content-Encoding')).toBe(encoding);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect(DECODERS[encoding](Buffer.from(packed.body, 'latin1')).toString('latin1')).toBe(plain.body);
    expect(headerOf(packed, 'Content-Type')).toBe(headerOf(plain, 'Content-Type'));
  });

  it('says that it varies, whether packed or not', async () => {
    for (const headers of [[], ['Accept-Encoding: gzip'], ['Accept-Encoding: identity']]) {
      const varies = headerOf(await ask(api.url(), { target, headers }), 'Vary');
      expect(varies).toBe(target.startsWith('/api') ? 'Origin, Accept-Encoding' : 'Accept-Encoding');
    }
  });
});

it('a query answers alike either way, also compressed, and to HEAD with the same headers', async () => {
  for (const encoding of ['gzip', 'br', 'identity']) {
    const headers = [`Accept-Encoding: ${encoding}`, 'X-Request-Id: me'];
    const { headers: got } = await expectAlike(api.url(), { target: QUERY, headers });
    const head = await ask(api.url(), { method: 'HEAD', target: QUERY, headers });
    const withoutDate = (all: typeof got) => all.filter(([name]) => name !== 'Date');
    expect(withoutDate(head.headers)).toEqual(withoutDate(got));
    expect(head.body).toBe('');
  }
});

it.each(['gzip', 'br'])(
  'the tag in %s is another one, and gives a 304 whatever is asked for next',
  async (encoding) => {
    const plain = headerOf(await ask(api.url(), { target: QUERY }), 'ETag') ?? '';
    const packed = await ask(api.url(), { target: QUERY, headers: [`Accept-Encoding: ${encoding}`] });
    const tag = headerOf(packed, 'ETag') ?? '';
    expect(tag).not.toBe(plain);
    const again = await expectAlike(api.url(), {
      target: QUERY,
      headers: [`Accept-Encoding: ${encoding}`, `If-None-Match: ${tag}`],
    });
    expect(again).toMatchObject({ statusLine: 'HTTP/1.1 304 Not Modified', body: '' });
    expect(headerOf(again, 'ETag')).toBe(tag);
    const other = await expectAlike(api.url(), { target: QUERY, headers: [`If-None-Match: ${tag}`] });
    expect(other.statusLine).toContain('304');
    expect(headerOf(other, 'ETag')).toBe(plain);
  },
);

it('a short answer is never compressed', async () => {
  const headers = ['Accept-Encoding: gzip, br'];
  for (const target of ['/api/v1/query?settings=setting_1', '/api/v1/settings/setting_1', '/api/health']) {
    const answer = await ask(api.url(), { target, headers });
    expect(headerOf(answer, 'Content-Encoding')).toBeUndefined();
    expect(headerOf(answer, 'Vary')).not.toMatch(/Encoding/);
  }
});

it('answers of GET may be stored, but must be asked for again; others say nothing of it', async () => {
  for (const target of [QUERY, '/api/v1/settings', '/api/v1/settings/none', '/api/v1/query?settings=none', '/none']) {
    expect(headerOf(await ask(api.url(), { target }), 'Cache-Control')).toBe('no-cache');
  }
  expect(headerOf(await ask(api.url(), { target: QUERY, headers: ['If-None-Match: *'] }), 'Cache-Control')).toBe(
    'no-cache',
  );
  expect(headerOf(await ask(api.url(), { target: '/api/health' }), 'Cache-Control')).toBe('no-store');
  const evaluated = await ask(api.url(), { method: 'POST', target: '/api/v1/evaluate', body: '{"context":{}}' });
  expect(headerOf(evaluated, 'Cache-Control')).toBeUndefined();
});
