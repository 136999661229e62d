import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { until } from '../support/service/until.js';

/** Controls that are visible in print, by their names. */
const CONTROLS = `[...document.querySelectorAll('button, input, select, textarea, nav, [role=dialog], [role=toolbar]')]
  .filter((one) => one.checkVisibility() && one.closest('[role=columnheader]') === null)
  .map((one) => one.outerHTML.slice(0, 120))`;

const LINES = 1_100;

describeConsole('printed', () => {
  const running = useConsole({}, async ({ call, database }) => {
    await addReadmeData(call);
    await database.sql(
      `insert into rules (setting, value) select 'web.new_checkout', 'true' from generate_series(1, ${LINES})`,
    );
    await database.sql(`insert into conditions (rule, context_feature, feature_value)
      select id, 'user', 'u' || id from rules where setting = 'web.new_checkout'`);
  });

  let opened: OpenPage;
  beforeAll(async () => {
    opened = await running().open('', { colorScheme: 'dark' });
  });

  it.each([
    '/settings/cache_size?ctx=account:jim,user:bob',
    '/settings/cache_size/history',
    '/settings/cache_size/definition',
    '/settings',
    '/changes',
  ])('%s has no controls, is on white, and says exact times', async (path) => {
    const { page, errors } = opened;
    await page.emulateMedia({ media: 'screen' });
    await opened.go(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(`document.documentElement.dataset.theme = 'dark'`);
    const pressed = await page.evaluate<string[]>(CONTROLS);
    expect(pressed.length).toBeGreaterThan(0);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(CONTROLS)).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light');
    expect(
      await page.evaluate(`[...document.querySelectorAll('main time')].every((one) =>
      getComputedStyle(one, '::after').content.includes(one.getAttribute('datetime')))`),
    ).toBe(true);
    expect((await page.getByRole('heading', { level: 1 }).textContent())?.length).toBeGreaterThan(3);
    expect(errors).toEqual([]);
  });

  it('a setting has all of its lines, also those that were out of sight or closed, and then as before', async () => {
    const { page, close } = await running().open('/settings/web.new_checkout');
    const lines = page.locator('[data-line^="rule-"]');
    await page.getByRole('button', { name: /^user: 1,101 lines/ }).waitFor();
    expect(await lines.count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    await until('all lines are there', async () => (await lines.count()) === LINES, 60_000);
    await page.emulateMedia({ media: 'screen' });
    await until('they are gone', async () => (await lines.count()) === 0, 60_000);
    const pdf = await page.pdf();
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(20);
    await close();
  });
});
