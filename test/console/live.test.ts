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
    await page.getByRole('row', { name: /guest.*777/ }).waitFor();
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
});
