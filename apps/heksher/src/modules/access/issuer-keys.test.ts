import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { IssuerKeys } from './issuer-keys.js';

const SECOND = 1_000;
const quiet = { info: () => undefined, warn: () => undefined };

let server: Server;
let answer: () => readonly [status: number, body: string];
let asked = 0;
let keys: readonly JWK[];
let nowMs = 0;
let changes = 0;
let issuer: IssuerKeys;

beforeAll(async () => {
  keys = await Promise.all(
    ['one', 'two'].map(async (kid) => ({ ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid })),
  );
  server = createServer((_request, response) => {
    asked += 1;
    const [status, body] = answer();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  nowMs = 1_000_000 * SECOND;
  asked = 0;
  changes = 0;
  publish('one');
  issuer = issuerBy(() => nowMs);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function issuerBy(clock?: () => number): IssuerKeys {
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const options = { jwksUrl, maxAgeMs: 600 * SECOND, staleMs: 3_600 * SECOND };
  return new IssuerKeys('https://issuer', options, () => (changes += 1), quiet, clock);
}

function publish(...kids: readonly string[]): void {
  answer = () => [200, JSON.stringify({ keys: keys.filter(({ kid }) => kids.includes(kid ?? '')) })];
}

const away = (): void => void (answer = () => [503, '']);

/** `found`, or why not. */
async function find(kid: string): Promise<string> {
  try {
    await issuer.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';

it('fetches keys when they are first needed, once for all who wait', async () => {
  expect(await Promise.all(['one', 'one', 'one'].map(find))).toEqual(['found', 'found', 'found']);
  expect([asked, changes]).toEqual([1, 1]);
});

it('takes a new key by the first token that it signs, and asks for unknown ones at most once in 30 seconds', async () => {
  expect(await find('one')).toBe('found');
  nowMs += 31 * SECOND;
  publish('one', 'two');
  expect(await find('two')).toBe('found');
  expect([asked, changes]).toEqual([2, 2]);
  for (let count = 0; count < 1_000; count += 1) expect(await find(`unknown ${count}`)).toBe(UNKNOWN);
  expect(asked).toBe(2);
});

it('goes on with the last keys for as long as is allowed, and then says that it cannot be found out', async () => {
  expect(await find('one')).toBe('found');
  away();
  for (let minute = 0; minute < 59; minute += 1) {
    nowMs += 60 * SECOND;
    expect([minute, await find('one')]).toEqual([minute, 'found']);
  }
  expect(await find('two')).toBe('unavailable');
  nowMs += 120 * SECOND;
  expect(await find('one')).toBe('unavailable');
  publish('one');
  nowMs += 31 * SECOND;
  expect(await find('one')).toBe('found');
});

it.each([-1, 1])('keys are as old as they are, whatever the time is set to (%d day)', async (days) => {
  issuer = issuerBy();
  expect([await find('one'), await find('unknown')]).toEqual(['found', UNKNOWN]);
  const realNow = Date.now;
  Date.now = () => realNow() + days * 86_400 * SECOND;
  try {
    expect([await find('one'), await find('unknown'), asked]).toEqual(['found', UNKNOWN, 1]);
    expect(Math.floor(issuer.ageMs / (60 * SECOND))).toBe(0);
  } finally {
    Date.now = realNow;
  }
});

it('counts fetches that fail, too, so that an issuer that is away is not asked for each token', async () => {
  away();
  for (let count = 0; count < 100; count += 1) expect(await find('one')).toBe('unavailable');
  expect(asked).toBe(1);
});

it.each([
  ['no JSON', '<html>'],
  ['no keys', '{"keys":[]}'],
  ['keys that are secrets', '{"keys":[{"kty":"oct","k":"AAAA","kid":"one"}]}'],
  ['too many keys', JSON.stringify({ keys: Array(65).fill({ kty: 'EC' }) })],
  ['too much', `{"keys":[],"x":"${'x'.repeat(300_000)}"}`],
])('a set with %s does not replace a good one', async (_what, body) => {
  expect(await find('one')).toBe('found');
  answer = () => [200, body];
  nowMs += 31 * SECOND;
  expect(await find('two')).toBe('unavailable');
  expect(await find('one')).toBe('found');
});

it('follows no redirection', async () => {
  answer = () => [302, ''];
  expect(await find('one')).toBe('unavailable');
});
