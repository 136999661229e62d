import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

describeConsole('what is changed elsewhere', () => {
  const running = useConsole({}, ({ call }) => addReadmeData(call));

  it('appears by itself: a rule, a rollout, and a setting; it is said and marked', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size');
    const { page, violations, foreign, errors } = opened;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate(`new MutationObserver((all) => all.forEach(({ target }) => (window.marked = target.dataset.line)))
      .observe(document.body, { subtree: true, attributeFilter: ['data-changed'] })`);
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 777 } }));
    await page.getByRole('row', { name: /guest.*777.*just now by / }).waitFor();
    // Who names nobody writes as the service's user of the database.
    const { user = 'postgres' } = running().service.database.address;
    await page.getByText(`${user} changed cache_size`).waitFor({ state: 'attached' });
    await until('the line is marked', () => page.evaluate('window.marked === "rule-4"'));
    expect(await opened.axe()).toEqual([]);
    await page.goto(`${running().service.url}/console/settings/web.new_checkout`);
    await page.getByText('Live', { exact: true }).waitFor();
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 35 } }));
    await page.getByText(/35 %/).first().waitFor();
    await running().service.database.sql(`update rollouts set enabled = false where id = 1`);
    await page.locator('[data-line="rollout-1"]').getByText('off').first().waitFor();
    await page.goto(`${running().service.url}/console/settings`);
    await page.getByText('Live', { exact: true }).waitFor();
    await declare(call, { name: 'declared_elsewhere' });
    await page.getByRole('link', { name: 'declared_elsewhere' }).waitFor();
    expect({ violations, foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    await opened.close();
  });

  it('does not move lines that are pointed at', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    await page.getByText('Live', { exact: true }).waitFor();
    const pointed = page.locator('[data-line="rule-1"]');
    await pointed.hover();
    const id = await addRule(call, 'cache_size', { account: 'zed', user: 'zoe', theme: 'dark' }, 1);
    await page
      .waitForResponse((response) => response.url().includes('/api/v1/changes'), { timeout: 100 })
      .catch(() => undefined);
    expect(await page.locator(`[data-line="rule-${id}"]`).count()).toBe(0);
    await page.mouse.move(0, 0);
    await page.locator(`[data-line="rule-${id}"]`).waitFor();
    await opened.close();
  });

  it('leaves what is being edited as it is, says so in a band, and shows it when asked', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size?edit=rule-2');
    const { page } = opened;
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    const drawer = page.getByRole('dialog');
    const value = drawer.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('51');
    await expectStatus(204, call('PUT', '/api/v1/rules/2/value', { body: { value: 52 } }));
    await page.getByText(/just changed this line/).waitFor();
    expect(await value.inputValue()).toBe('51');
    expect(await opened.axe()).toEqual([]);
    expect(await page.getByRole('row', { name: /jim.*52/, includeHidden: true }).count()).toBe(0);
    // It is in the drawer: what is behind that cannot be pressed.
    await drawer.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('row', { name: /jim.*52/, includeHidden: true }).waitFor({ state: 'attached' });
    await page.getByText(/just changed this line/).waitFor({ state: 'detached' });
    expect(await value.inputValue()).toBe('51');
    await opened.close();
  });

  it('is told after an outage of the feed, from where it broke off', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.route('**/api/v1/changes*', (route) => route.abort());
    await page.reload();
    await page.getByText('Not live').waitFor();
    await page.getByText('The service does not answer.').waitFor();
    expect(await opened.axe()).toEqual([]);
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 888 } }));
    await page.unroute('**/api/v1/changes*');
    await page.getByRole('row', { name: /guest.*888/ }).waitFor();
    await page.getByText('The service does not answer.').waitFor({ state: 'detached' });
    await opened.close();
  });

  it.each([
    ['ends streams before anything came of them', ''],
    ['cuts streams as soon as something came of them', 'retry: 2000\n\n'],
  ])('asks questions that wait where something between %s', async (_, body) => {
    const { call } = running().service;
    const opened = await running().open('/settings');
    const { page } = opened;
    const streams: string[] = [];
    await page.route('**/api/v1/changes*', (route) => {
      if (route.request().headers()['accept'] !== 'text/event-stream') return route.continue();
      streams.push(route.request().url());
      return route.fulfill({ status: 200, contentType: 'text/event-stream', body });
    });
    const waiting = page.waitForRequest(/api\/v1\/changes\?.*wait=25/);
    await page.goto(`${running().service.url}/console/settings/cache_size`);
    await waiting;
    await page.getByText('Live', { exact: true }).waitFor();
    const value = 1_000 + body.length;
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value } }));
    await page.getByRole('row', { name: new RegExp(`guest.*${value}`) }).waitFor();
    expect(streams.length).toBe(body === '' ? 1 : 2);
    await opened.close();
  });

  it('lets go of the feed when it has been hidden for a minute, and goes on from where it was', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    // A minute is a moment here.
    await page.addInitScript(`const wait = setTimeout; window.setTimeout = (work, ms, ...more) => wait(work, ms === 60000 ? 1 : ms, ...more);
      Object.defineProperty(Document.prototype, 'visibilityState', { get: () => window.shown ?? 'visible' });
      window.show = (state) => { window.shown = state; document.dispatchEvent(new Event('visibilitychange')); }`);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/changes')) asked.push(request.url());
    });
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 2_001 } }));
    const told = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/changes'));
    await page.getByRole('row', { name: /guest.*2001/ }).waitFor();
    await page.evaluate(`show('hidden')`);
    await told;
    await page.getByText('Connecting', { exact: true }).waitFor();
    const answer = await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 2_002 } }));
    expect(asked.length).toBe(1);
    await page.evaluate(`show('visible')`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('row', { name: /guest.*2002/ }).waitFor();
    expect(asked.length).toBe(2);
    const [seq = 0] = (answer.headers.get('heksher-revision') ?? '').split('-').map(Number);
    const after = new URL(asked[1] ?? '').searchParams.get('after') ?? '';
    expect(Number(after.split('-')[0])).toBe(seq - 1);
    await opened.close();
  });

  it("shows a rollout's page as others change it: its share, its members, its end", async () => {
    const { call } = running().service;
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 35, enabled: true } }));
    const opened = await running().open('/settings/web.new_checkout/rollouts/1');
    const { page, errors } = opened;
    await page.getByText('Live', { exact: true }).waitFor();
    const share = page.getByRole('slider').first();
    const isAt = (percentage: number) =>
      until(`the share is ${percentage} %`, async () => (await share.inputValue()) === String(percentage));
    await isAt(35);
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 41 } }));
    await isAt(41);
    await expectStatus(200, call('POST', '/api/v1/rollouts/1/members', { body: { add: ['zoe-the-new'] } }));
    await page.getByText('zoe-the-new').waitFor();
    // What is typed is not taken away.
    await page.getByRole('button', { name: '50 %', exact: true }).click();
    await isAt(50);
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: false } }));
    await page.getByText('It is switched off').waitFor();
    await isAt(50);
    expect(errors).toEqual([]);
    await expectStatus(204, call('DELETE', '/api/v1/rollouts/1'));
    await page
      .getByText(/does not exist|was deleted/)
      .first()
      .waitFor();
    await opened.close();
  });
});
