import { adviceOn, checkAuthorization, Credentials, missingScope, withoutCredentials } from './credentials.js';

it.each(['Bearer hk_s_a_b', 'Basic bWU6c2VjcmV0', 'GNAP  x y=z', ' Bearer from-a-file\n'])(
  'takes %j, trimmed',
  (value) => {
    expect(checkAuthorization(value)).toBe(value.trim());
  },
);

it.each([
  ['hk_s_secret_secret', /has no scheme such as "Bearer" before it/],
  ['', /is empty/],
  ['Bearer ', /has no scheme/],
  ['Bearer secret\r\nX: y', /is not one/],
  ['Bearer secret\u{e9}', /is not one/],
  [undefined, /"authorization" is undefined/],
  [7, /"authorization" is number/],
])('refuses %j and does not show it', (value, message) => {
  expect(() => checkAuthorization(value)).toThrow(message);
  expect(() => checkAuthorization(value)).not.toThrow(/secret/);
});

/** Credentials whose function the test answers; `asked` has whether each question was after a refusal. */
function credentialsOf() {
  const asked: { isRefused: boolean; give: (token: string) => void; fail: (error: Error) => void }[] = [];
  const credentials = new Credentials(
    ({ isRefused }) =>
      new Promise((resolve, reject) => {
        asked.push({ isRefused, give: (token) => resolve(`Bearer ${token}`), fail: reject });
      }),
  );
  return { credentials, asked };
}

it('a function is asked for each request, once for those at the same time', async () => {
  const { credentials, asked } = credentialsOf();
  const both = [credentials.get(), credentials.get()];
  expect(asked).toHaveLength(1);
  asked[0]?.give('a');
  expect(await Promise.all(both)).toEqual([
    { value: 'Bearer a', renewals: 0 },
    { value: 'Bearer a', renewals: 0 },
  ]);
  const later = credentials.get();
  asked[1]?.give('b');
  expect([(await later).value, asked.map(({ isRefused }) => isRefused)]).toEqual(['Bearer b', [false, false]]);
});

it('what was refused together is renewed once, also where some learn of it late; new requests wait for that', async () => {
  const { credentials, asked } = credentialsOf();
  const getting = credentials.get();
  asked[0]?.give('old');
  const old = await getting;
  const renewing = [credentials.renew(old), credentials.renew(old), credentials.get()];
  expect(asked.map(({ isRefused }) => isRefused)).toEqual([false, true]);
  asked[1]?.give('new');
  const fresh = { value: 'Bearer new', renewals: 1 };
  expect(await Promise.all(renewing)).toEqual([fresh, fresh, fresh]);
  expect(await credentials.renew(old)).toEqual(fresh);
  expect(asked).toHaveLength(2);
  const again = credentials.renew(fresh);
  asked[2]?.give('newer');
  expect(await again).toEqual({ value: 'Bearer newer', renewals: 2 });
});

it('has nothing to renew where there is a text, nothing, or the same again', async () => {
  for (const given of ['Bearer x', undefined]) {
    const credentials = new Credentials(given);
    expect(await credentials.renew(await credentials.get())).toBeUndefined();
  }
  const credentials = new Credentials(() => 'Bearer same');
  expect(await credentials.renew(await credentials.get())).toBeUndefined();
});

it('a function that fails is unavailable, and is asked again', async () => {
  const { credentials, asked } = credentialsOf();
  const failing = credentials.get();
  asked[0]?.fail(new Error('the issuer is away'));
  await expect(failing).rejects.toMatchObject({
    code: 'unavailable',
    message: 'the function "authorization" failed: the issuer is away',
  });
  const later = credentials.get();
  asked[1]?.give('a');
  expect((await later).value).toBe('Bearer a');
  await expect(new Credentials(() => 'secret').get()).rejects.toThrow(/has no scheme/);
});

it('nothing of credentials stays in a text', () => {
  expect(withoutCredentials('you sent "Bearer abc.def", abc.def!', 'Bearer abc.def')).toBe('you sent "Bearer …", …!');
  expect(withoutCredentials('nothing', undefined)).toBe('nothing');
});

it.each([
  ['Bearer realm="heksher", error="insufficient_scope", scope="heksher:write"', 'heksher:write'],
  ['Bearer error=insufficient_scope, scope="a b"', 'a b'],
  ['Bearer realm="heksher", scope="heksher:write"', undefined],
  ['Bearer error="invalid_token"', undefined],
  [null, undefined],
])('%s lacks the scope %s', (header, scope) => {
  expect(missingScope(header)).toBe(scope);
  expect(adviceOn({ status: 403, challenge: header }, true)?.includes(`scope ${scope}:`)).toBe(scope && true);
});

it('says what to do about a 401, and nothing about other answers', () => {
  expect(adviceOn({ status: 401, challenge: null }, false)).toMatch(/wants credentials: give a key or a token/);
  expect(adviceOn({ status: 401, challenge: null }, true)).toMatch(/do not hold/);
  expect(adviceOn({ status: 500, challenge: 'Bearer error="insufficient_scope", scope="x"' }, true)).toBeUndefined();
});
