import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addRollout, addRule, declare } from '../support/service/service.js';

const DAY_MS = 86_400_000;

describeConsole('what has done its work', () => {
  let finished = 0;
  const running = useConsole({}, async ({ call }) => {
    await addReadmeData(call);
    const [start, end] = [-12.5, -9.5].map((days) => new Date(Date.now() + days * DAY_MS).toISOString());
    finished = await addRollout(call, 'cache_size', { ramp: { from: 0, to: 100, start, end }, value: 70 });
    // They say what the default says.
    await declare(call, { name: 'verbose', type: 'bool', default_value: false });
    await addRule(call, 'verbose', { theme: 'dark' }, false);
    await addRule(call, 'verbose', { theme: 'light' }, false);
  });

  it('two lines that lint has proved to do nothing are deleted as one change set', async () => {
    const opened = await running().open('/findings');
    const { page, errors } = opened;
    const lines = ['rule 6', 'rule 7'];
    for (const line of lines) await page.getByRole('checkbox', { name: line }).check();
    expect(await opened.axe()).toEqual([]);
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.getByRole('button', { name: 'Add to change set: delete 2 lines' }).click();
    await page.getByRole('heading', { level: 1, name: 'New change set' }).waitFor();
    await page.getByLabel('Why').fill('they repeat the default');
    await page.getByRole('button', { name: 'Apply now' }).click();
    await page.getByRole('heading', { name: /^Change set \d+/, level: 1 }).waitFor();
    const rules = ['/api/v1/rules/6', '/api/v1/rules/7'].map((path) => running().service.call('GET', path));
    expect((await Promise.all(rules)).map(({ status }) => status)).toEqual([404, 404]);
    expect(errors).toEqual([]);
    await opened.close();
  });

  it('a ramp that has ended for everyone becomes the default, and the rollout goes with it', async () => {
    const { call } = running().service;
    const opened = await running().open(`/settings/cache_size/rollouts/${finished}`);
    const { page, errors } = opened;
    await page.getByText('Done 9 days ago:').waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('button', { name: 'make it the default?' }).click();
    await page.getByRole('heading', { level: 1, name: 'New change set' }).waitFor();
    await page.getByRole('button', { name: 'Apply now' }).click();
    await page.getByRole('heading', { name: /^Change set \d+/, level: 1 }).waitFor();
    const setting = await call('GET', '/api/v1/settings/cache_size');
    expect(setting.body).toMatchObject({ default_value: 70, version: '1.1' });
    expect((await call('GET', `/api/v1/rollouts/${finished}`)).status).toBe(404);
    expect(errors).toEqual([]);
    await opened.close();
  });

  it("a line's menu copies a link and a command, and leads to the history of the line", async () => {
    const opened = await running().open('/settings/cache_size?ctx=account:jim', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page, errors, quiet } = opened;
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    const choose = async (name: string) => {
      await page.getByRole('button', { name: 'More of rule 2' }).press('Enter');
      await page.getByRole('menuitem', { name }).press('Enter');
    };
    await choose('Copy the link to rule 2');
    await page.getByText('Copied the link').waitFor();
    const link = new URL(await copied());
    expect([link.pathname, link.searchParams.get('row')]).toEqual(['/console/settings/cache_size', 'rule-2']);
    await choose('Copy as a curl command');
    await page.getByText('Copied the command').waitFor();
    expect(await copied()).toBe(`curl -s ${running().service.url}/api/v1/rules/2`);
    await choose('History of the line');
    await page.waitForURL(/cache_size\/history\?.*line=rule-2/);
    await quiet();
    expect(await page.getByRole('button', { name: 'Show all lines' }).count()).toBe(1);
    expect(errors).toEqual([]);
    await opened.close();
  });
});
