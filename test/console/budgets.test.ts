import { gzipSync } from 'node:zlib';
import { type Response } from 'playwright-core';
import { describeConsole, useConsole } from '../support/console/console.js';
import { addManySettings } from '../support/console/many-settings.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { until } from '../support/service/until.js';

describeConsole('with 5 000 settings', () => {
  const running = useConsole({}, async ({ call, database }) => {
    await addReadmeData(call);
    await addManySettings(database.sql, 5_000);
  });

  it.each(['/settings', '/settings/cache_size?ctx=account:jim'])(
    '%s loads at most 200 kB, compressed',
    async (path) => {
      const { browser, service } = running();
      const page = await browser.newPage();
      let bytes = 0;
      const reading: Promise<void>[] = [];
      const weigh = (response: Response): void => {
        if (!/\/console\/.*\.(js|css)$/.test(response.url())) return;
        reading.push(response.body().then((body) => void (bytes += gzipSync(body, { level: 9 }).length)));
      };
      page.on('response', weigh);
      await page.goto(`${service.url}/console${path}`, { waitUntil: 'networkidle' });
      page.off('response', weigh);
      await Promise.all(reading);
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThanOrEqual(200_000);
      await page.close();
    },
  );

  it('the list needs two requests to first sight, and a setting three', async () => {
    const list = await running().open('/settings');
    await list.page.getByRole('row').nth(20).waitFor();
    expect(list.requests).toEqual(['GET /console/config.json', expect.stringMatching(/^GET \/api\/v1\/settings\?/)]);
    await list.close();
    const setting = await running().open('/settings/cache_size?ctx=account:jim');
    const decides = setting.page.getByText('decides', { exact: true });
    await decides.waitFor();
    await setting.page
      .locator('[data-line="rule-2"]')
      .getByText(/ by \S+$/)
      .waitFor();
    expect(setting.requests).toEqual([
      'GET /console/config.json',
      expect.stringMatching(/^(GET|POST)/),
      expect.stringMatching(/^(GET|POST)/),
    ]);
    await setting.close();
  });

  it('the list has at most 2 500 elements, also after it was scrolled through many pages', async () => {
    const { page, errors, close } = await running().open('/settings');
    await page.getByText('5,002 found').waitFor();
    const elements = (): Promise<number> => page.evaluate("document.querySelectorAll('*').length");
    expect(await elements()).toBeLessThanOrEqual(2_500);
    const lastRow = async (): Promise<number> =>
      Number(await page.getByRole('row').last().getAttribute('aria-rowindex'));
    for (let times = 0; times < 8; times += 1) {
      const seen = await lastRow();
      await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
      await until('more rows come', async () => (await lastRow()) > seen, 60_000);
    }
    expect(await lastRow()).toBeGreaterThan(300);
    expect(await elements()).toBeLessThanOrEqual(2_500);
    expect(errors).toEqual([]);
    await close();
  });

  it('a setting is found among them, by typing and by the keyboard alone', async () => {
    const { page, close } = await running().open('/settings');
    await page.getByText('5,002 found').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('option_4321 has:rules', { delay: 5 });
    await page.getByText('0 found').waitFor();
    await page.getByRole('searchbox', { name: 'Filter settings' }).fill('option_4322 owner:area2');
    await page.getByText('1 found').waitFor();
    await page.waitForURL(/q=option_4322\+owner:area2/);
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'area2.option_4322' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Search/ }).fill('cache');
    await page.getByRole('option', { name: /cache_size/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'cache_size' }).waitFor();
    await page.keyboard.press('.');
    await page.getByRole('combobox', { name: /Search/ }).fill('account=jim');
    await page.getByRole('option', { name: 'Everything that names account jim' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/values\/account\/jim$/);
    await page.keyboard.press('.');
    await page.getByRole('combobox', { name: /Search/ }).fill('rule 3');
    await page.getByRole('option', { name: 'rule 3', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/cache_size\?row=rule-3$/);
    await close();
  });

  it.each(['q=value:7', 'q=changed:7d', 'q=no:owner', 'sort=-changed'])(
    'the list by %s needs two requests to first sight',
    async (query) => {
      const { page, requests, close } = await running().open(`/settings?${query}`);
      await page.getByText(/\d found/).waitFor();
      expect(requests).toEqual(['GET /console/config.json', expect.stringMatching(/^GET \/api\/v1\/settings\?/)]);
      await close();
    },
  );
});

describeConsole('with 100 000 rules of a setting', () => {
  const running = useConsole({}, async ({ call, database }) => {
    await addReadmeData(call);
    const [{ id: before } = {}] = await database.sql('select max(id) as id from rules');
    await database.sql(
      `insert into rules (setting, value) select 'cache_size', n::text from generate_series(1, 100000) n`,
    );
    await database.sql(
      `insert into conditions (rule, context_feature, feature_value)
       select id, 'account', 'a' || id from rules where id > $1 union all
       select id, 'user', 'u' || id from rules where id > $1 and id % 20 = 0 union all
       select id, 'theme', 't' || id from rules where id > $1 and id % 50 = 0`,
      [before],
    );
  });

  it('lines are below headings of what they are for, closed; at most 2 500 elements, also when all are open', async () => {
    const { page, errors, close } = await running().open('/settings/cache_size');
    const groups = page.getByRole('button', { name: /^[a-z +]+: [\d,]+ lines?/ });
    await page.getByRole('button', { name: /^account \+ user \+ theme: 1,000 lines/ }).waitFor();
    const elements = (): Promise<number> => page.evaluate("document.querySelectorAll('*').length");
    expect(await groups.count()).toBeGreaterThan(2);
    expect(await page.locator('[data-line^="rule-"]').count()).toBe(0);
    await page.getByText('90,005 more lines, which come after these, are not listed here').waitFor();
    for (let index = (await groups.count()) - 1; index >= 0; index -= 1) {
      await groups.nth(index).click();
      expect(await elements()).toBeLessThanOrEqual(2_500);
    }
    await page.locator('[data-line^="rule-"]').first().waitFor();
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    await page.locator('[data-line^="rule-"]').nth(5).waitFor();
    expect(await elements()).toBeLessThanOrEqual(2_500);
    expect(errors).toEqual([]);
    await close();
  });

  it('the group of the line that decides is open, and no other', async () => {
    const { page, close } = await running().open('/settings/cache_size?ctx=account:jim,user:guest,theme:dark');
    await page.getByText('decides', { exact: true }).waitFor();
    const open = page.getByRole('button', { name: /lines?/, expanded: true });
    expect(await open.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Filter lines' }).fill('user=guest');
    await page.locator('[data-line="rule-5"]').waitFor();
    expect(await page.getByRole('button', { name: /: [\d,]+ lines?/ }).count()).toBe(0);
    await close();
  });
});
