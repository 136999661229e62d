import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { LoginProvider } from '../support/access/login-provider.js';
import { describeConsole, useConsole } from '../support/console/console.js';
import { logIn } from '../support/console/log-in.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { noNginx, startNginx } from '../support/http/web-servers.js';
import { type Call, expectStatus } from '../support/service/service.js';

const ADMIN = makeKey().text;
const by = (key: string) => ({ Authorization: `Bearer ${key}` });

const asAdmin =
  (call: Call): Call =>
  (method, path, options) =>
    call(method, path, { ...options, headers: { ...by(ADMIN), ...options?.headers } });

async function makeKeyOf(call: Call, subject: string, ...grants: string[]): Promise<{ id: string; key: string }> {
  const body = { subject, kind: 'user', grants };
  return (await expectStatus(201, asAdmin(call)('POST', '/api/v1/keys', { body }))).body as { id: string; key: string };
}

describeConsole('signing in by a key', () => {
  const running = useConsole({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN }, ({ call }) =>
    addReadmeData(asAdmin(call)),
  );

  it('shows what was asked for after a good key, which a reload forgets, and keeps none anywhere', async () => {
    const { key } = await makeKeyOf(running().service.call, 'ana', 'write:web.*', 'read');
    const opened = await running().open('/settings/web.new_checkout');
    const { page, violations, foreign } = opened;
    await page.getByLabel('Key', { exact: true }).fill(makeKey().text);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByLabel('Key', { exact: true }).fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web.new_checkout', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'You: ana' }).click();
    await page.getByRole('row', { name: 'May change web.*' }).waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(
      await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'),
    ).not.toContain('hk_s_');
    await page.reload();
    await page.getByLabel('Key', { exact: true }).fill(key);
    await page.getByLabel(/Keep it/).check();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web.new_checkout', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'web.new_checkout', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'You: ana' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You have signed out here').waitFor();
    expect(await page.evaluate('sessionStorage.getItem("heksher.key")')).toBeNull();
    expect({ violations, foreign }).toEqual({ violations: [], foreign: [] });
    await opened.close();
  });
});

describeConsole('signing in at an issuer', () => {
  let provider: LoginProvider;
  const env: Record<string, string> = { HEKSHER_ADMIN_KEY: ADMIN };
  beforeAll(async () => {
    provider = await LoginProvider.start();
    // Its keys must be there when the service starts, which nobody is sent back to before it has.
    await provider.open('http://127.0.0.1:1');
    Object.assign(env, provider.env);
  });
  afterAll(() => provider.stop());
  const running = useConsole(env, async ({ call, url }) => {
    await provider.open(url);
    await addReadmeData(asAdmin(call));
  });

  it('leads there and back to the deep link, by PKCE, and asks nothing of anybody else', async () => {
    const opened = await running().open('/settings/cache_size?ctx=user:guest');
    const { page, violations, foreign } = opened;
    await logIn(page, 'ana');
    await page.getByRole('heading', { name: 'cache_size', level: 1 }).waitFor();
    expect(new URL(page.url()).search).toBe('?ctx=user:guest');
    await page.getByRole('button', { name: 'You: ana' }).waitFor();
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain('eyJ');
    // A reload goes through the issuer, which still knows her.
    await page.reload();
    await page.getByRole('button', { name: 'You: ana' }).waitFor();
    expect(new URL(page.url()).search).toBe('?ctx=user:guest');
    // The provider's own page asks for a font.
    const asked = foreign
      .map((url) => new URL(url).origin)
      .filter((origin) => origin !== 'https://fonts.googleapis.com');
    expect(new Set(asked)).toEqual(new Set([provider.url]));
    expect(foreign.some((url) => url.includes('code_challenge_method=S256'))).toBe(true);
    expect(violations).toEqual([]);
    await opened.close();
  });

  it('a lost session is found again in a window beside, and the draft is saved by it', async () => {
    const opened = await running().open('/settings/cache_size?edit=rule-1');
    const { page, violations } = opened;
    await logIn(page, 'ana');
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('123');
    await page.getByRole('region', { name: 'Who would see another value' }).getByText('123').first().waitFor();
    // From here on the first token is none to the service.
    const lost = new Set<string>();
    await page.route('**/api/v1/**', async (route) => {
      const headers = await route.request().allHeaders();
      const token = headers['authorization'] ?? '';
      if (lost.size === 0) lost.add(token);
      await route.continue(
        lost.has(token) ? { headers: { ...headers, authorization: `${token.slice(0, -8)}AAAAAAAA` } } : {},
      );
    });
    await page.getByRole('button', { name: 'Save' }).click();
    const again = page.getByRole('alertdialog', { name: 'The service does not know you any more' });
    await again.getByRole('button', { name: /^Sign in at/ }).click();
    await again.waitFor({ state: 'detached' });
    await value.waitFor({ state: 'detached' });
    const { body } = await asAdmin(running().service.call)('GET', '/api/v1/rules/1');
    expect(body).toMatchObject({ value: 123 });
    expect(violations).toEqual([]);
    await opened.close();
  });

  it('says what the issuer refused, and leads nobody in circles', async () => {
    const opened = await running().open('/signed-in?error=access_denied&error_description=not+today&state=x');
    await opened.page.getByText('this was not begun in this window').waitFor();
    await opened.page.getByRole('button', { name: /^Sign in at/ }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await opened.close();
  });
});

describeConsole('behind a gateway that says who asks', () => {
  const AS_ANA = { 'X-Forwarded-User': 'ana', 'X-Forwarded-Groups': 'heksher:read heksher:write:web.*' };
  const running = useConsole(
    {
      HEKSHER_AUTH: 'on',
      HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
      HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Forwarded-User',
      HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Forwarded-Groups',
    },
    ({ call }) =>
      addReadmeData((method, path, options) =>
        call(method, path, {
          ...options,
          headers: { 'X-Forwarded-User': 'setup', 'X-Forwarded-Groups': 'heksher:admin', ...options?.headers },
        }),
      ),
  );

  const itBehindNginx = noNginx === undefined ? it : it.skip;
  if (noNginx !== undefined) console.warn(`SKIPPED: the console behind a gateway; ${noNginx}`);

  itBehindNginx('asks nobody to sign in, acts in that name, and shows what is granted', async () => {
    const headers = Object.entries(AS_ANA).map(([name, value]) => `proxy_set_header ${name} "${value}";`);
    const nginx = await startNginx(
      running().service.url,
      5,
      `${headers.join(' ')} proxy_set_header X-Forwarded-Prefix /settings; location /settings/ { proxy_pass http://heksher/; }`,
    );
    try {
      const opened = await running().open('/settings/web.new_checkout', { url: `${nginx.url}/settings` });
      const { page, violations, foreign } = opened;
      await page.getByRole('button', { name: 'You: ana' }).click();
      await page.getByText('By what the gateway says.').waitFor();
      await page.getByRole('row', { name: 'May change web.*' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByRole('article').first().waitFor();
      expect(await opened.axe()).toEqual([]);
      await page.goto(`${nginx.url}/settings/console/settings/cache_size`);
      await page.getByRole('row', { name: /guest/ }).first().waitFor();
      expect(await page.getByRole('button', { name: /^Add/ }).count()).toBe(0);
      expect({ violations, foreign }).toEqual({ violations: [], foreign: [] });
      await opened.close();
    } finally {
      await nginx.stop();
    }
  });
});
