import * as fc from 'fast-check';
import { type Page } from 'playwright-core';
import { describeConsole, useConsole } from '../support/console/console.js';
import { until } from '../support/service/until.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addFeatures, addRollout, addRule, type Call, declare } from '../support/service/service.js';

const FEATURES = ['account', 'user', 'theme'];

type Steps = readonly Readonly<{ kind: string; rule_id?: number; rollout_id?: number }>[];

/** The keys of the lines in the order in which the service considers them. */
async function stepsOf(call: Call, setting: string): Promise<readonly string[]> {
  const body = { context: { user: 'bob' }, settings: [setting], explain: true };
  const answer = await call('POST', '/api/v1/evaluate', { body });
  const { steps } = (answer.body as { settings: Record<string, { steps: Steps }> }).settings[setting] ?? { steps: [] };
  return steps.map(({ kind, rule_id, rollout_id }) => (kind === 'default' ? kind : `${kind}-${rule_id ?? rollout_id}`));
}

function linesOf(page: Page, having = ''): Promise<readonly string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('tr[data-line]')].filter((row) => row.textContent.includes(${JSON.stringify(having)})).map((row) => row.dataset.line)`,
  );
}

const conditions = fc
  .subarray(FEATURES, { minLength: 1 })
  .chain((features) =>
    fc.tuple(...features.map((feature) => fc.constantFrom('a', 'b', 'c').map((value) => [feature, value] as const))),
  );
const rulesets = fc.record({
  rules: fc.uniqueArray(conditions, { selector: (pairs) => JSON.stringify(pairs), minLength: 1, maxLength: 12 }),
  rollouts: fc.array(
    fc.record({ feature: fc.constantFrom(...FEATURES), percentage: fc.integer({ min: 1, max: 99 }), hard: conditions }),
    { maxLength: 3 },
  ),
});

describeConsole('the matrix', () => {
  const running = useConsole({}, ({ call }) => addReadmeData(call));

  it('has its lines in the order in which the service considers them, for random rulesets', async () => {
    const { service, open } = running();
    const { call } = service;
    const opened = await open('/settings');
    for (const [index, { rules, rollouts }] of fc.sample(rulesets, 6).entries()) {
      const setting = `random_${index}`;
      await declare(call, { name: setting, configurable_features: FEATURES });
      for (const [at, pairs] of rules.entries()) await addRule(call, setting, Object.fromEntries(pairs), at);
      for (const { feature, percentage, hard } of rollouts) {
        const feature_values = Object.fromEntries(hard.filter(([name]) => name !== feature));
        await addRollout(call, setting, { feature, percentage, value: 99, feature_values });
      }
      await opened.go(`/settings/${setting}`);
      expect(await linesOf(opened.page)).toEqual(await stepsOf(call, setting));
    }
    await opened.close();
  });

  it('lights up what decides for a context as it is typed, and keeps it in the address', async () => {
    const { page, close } = await running().open('/settings/cache_size');
    await page.getByRole('combobox', { name: 'account' }).focus();
    await page.keyboard.type('jim');
    await page.keyboard.press('Tab');
    await page.keyboard.type('bob');
    await page.waitForURL(/ctx=account:jim,user:bob/);
    // Until the answer to what was typed last is there, another line may decide.
    const decides = page.locator('tr[data-line=rule-2]', { hasText: 'decides' });
    await decides.waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'decides' }).count()).toBe(1);
    await page
      .getByRole('complementary', { name: 'Try a context' })
      .getByText('rule 2 decides: account is "jim"', { exact: true })
      .waitFor();
    const failing = page.locator('tr[data-line=rule-3] s');
    expect(await failing.allInnerTexts()).toEqual(['admin']);
    await page.reload();
    await decides.waitFor();
    await close();
  });

  it('says what a partly known context could get too, and on what that rests', async () => {
    const { page, close } = await running().open('/settings/cache_size?ctx=account:jim');
    const others = page.getByRole('heading', { name: 'Could also be' }).locator('..').getByRole('listitem');
    await others.nth(2).waitFor();
    expect(await others.allInnerTexts()).toEqual([
      '20 if user is "guest" and theme is "dark"',
      '200 if user is "admin"',
      '10 if user is "guest"',
    ]);
    await close();
  });

  it('compares up to four contexts, and says for which of them a line decides', async () => {
    const { page, close } = await running().open('/settings/cache_size?ctx=account:jim&vs=user:guest;account:john;-');
    await page.getByText('decides for C').waitFor();
    expect(await linesOf(page, 'decides for A')).toEqual(['rule-2']);
    expect(await linesOf(page, 'decides for B')).toEqual(['rule-4']);
    expect(await linesOf(page, 'decides for C')).toEqual(['rule-1']);
    await close();
  });

  it('says in the line of a rollout where the unit falls, and that a member is one', async () => {
    const { page, close } = await running().open('/settings/web.new_checkout?ctx=user:bob');
    await page.getByText('bob is listed').waitFor();
    await page.getByText('decides', { exact: true }).waitFor();
    await close();
  });

  it('at 1280 pixels a rollout says for whom it is in one line, and no condition is cut', async () => {
    const { service, open } = running();
    await declare(service.call, { name: 'shared_size' });
    await addRule(service.call, 'shared_size', { account: 'jim', user: 'admin' }, 200);
    await addRollout(service.call, 'shared_size', { percentage: 20, value: 80 });
    const { page, close } = await open('/settings/shared_size?ctx=account:jim', {
      viewport: { width: 1280, height: 720 },
    });
    const words = page.getByRole('row').getByText('of users').locator('..');
    expect((await words.boundingBox())?.height).toBeLessThan(24);
    const chip = page.getByRole('row').getByText('admin', { exact: true }).first();
    expect((await chip.boundingBox())?.height).toBeLessThan(28);
    const heading = page.getByRole('columnheader', { name: 'account' });
    expect((await heading.boundingBox())?.height).toBeLessThan(40);
    await close();
  });

  it('is walked through by the arrow keys, and the address names the line', async () => {
    const { page, close } = await running().open('/settings/cache_size?row=rule-5');
    await page.locator('tr[data-line=rule-5]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/row=rule-4/);
    expect(await page.evaluate('document.activeElement.dataset.line')).toBe('rule-4');
    await page.keyboard.press('Home');
    await page.waitForURL(/row=rule-5/);
    await close();
  });

  it('an alias leads to the setting, under its name', async () => {
    const { service, open } = running();
    await service.call('PUT', '/api/v1/settings/web.new_checkout/name', {
      body: { name: 'web.checkout', version: '1.1' },
    });
    const { page, close } = await open('/settings/web.new_checkout');
    await page.waitForURL(/settings\/web\.checkout$/);
    await page.getByText('is an alias of').waitFor();
    await close();
  });

  it('leads from a name that is not there to those that look like it', async () => {
    const { page, close } = await running().open('/settings/cache_sise');
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'cache_size' }).waitFor();
    await close();
  });
});

describeConsole('a matrix of very many lines', () => {
  const running = useConsole({}, async ({ call, database }) => {
    await addFeatures(call, ...FEATURES);
    await declare(call);
    await database.sql(
      `insert into rules (setting, value) select 'cache_size', (n + 100)::text from generate_series(1, 5000) n`,
    );
    await database.sql(
      `insert into conditions (rule, context_feature, feature_value) select id, 'user', 'u' || id from rules`,
    );
  });

  it('has the lines in sight only, and finds any by its filter', async () => {
    const { page, errors, close } = await running().open('/settings/cache_size');
    // The head, the group of all rules, which is closed, and the default.
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe('3');
    await page.getByRole('button', { name: /^user: 5,000 lines/ }).click();
    await page.locator('table[aria-rowcount="5003"]').waitFor();
    expect(await page.locator('tr[data-line]').count()).toBeLessThan(80);
    await page.getByRole('searchbox', { name: 'Filter lines' }).fill('user=u4321');
    await page.locator('tr[data-line=rule-4321]').waitFor();
    expect(await page.locator('tr[data-line]').count()).toBe(1);
    expect(errors).toEqual([]);
    await close();
  });

  it('shows the line that the address names, and one that a context could get, be it closed or out of sight', async () => {
    const { page, errors, close } = await running().open('/settings/cache_size?row=rule-4321');
    const isInSight = async (key: string): Promise<boolean> => {
      const box = await page.locator(`tr[data-line=${key}]`).boundingBox({ timeout: 5_000 });
      return box !== null && box.y > 0 && box.y < 900;
    };
    await page.locator('tr[data-line=rule-4321]').waitFor();
    await until('the line is in sight', () => isInSight('rule-4321'));
    await page.goto(`${running().service.url}/console/settings/cache_size?ctx=account:none`);
    const other = page.getByRole('listitem').filter({ hasText: 'if user is "u7"' }).getByRole('button');
    await other.click();
    await page.waitForURL(/row=rule-7$/);
    await page.locator('tr[data-line=rule-7]').waitFor();
    await until('the line is in sight', () => isInSight('rule-7'));
    await until(
      'the line has the focus',
      async () => (await page.evaluate('document.activeElement.dataset.line')) === 'rule-7',
    );
    // It is gone to again where one has scrolled away meanwhile.
    await page.evaluate('window.scrollTo(0, 100_000)');
    await page.locator('tr[data-line=rule-7]').waitFor({ state: 'detached' });
    await other.press('Enter');
    await until('the line is in sight again', () => isInSight('rule-7'));
    await until(
      'the line has the focus again',
      async () => (await page.evaluate('document.activeElement.dataset.line')) === 'rule-7',
    );
    expect(errors).toEqual([]);
    await close();
  });
});
