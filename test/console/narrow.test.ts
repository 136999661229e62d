import { type Page } from 'playwright-core';
import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { until } from '../support/service/until.js';
import { addRollout, expectStatus } from '../support/service/service.js';

const DAY_MS = 86_400_000;

const SCREENS = [
  '',
  '/settings',
  '/settings?q=cache&cols=name,version,features,aliases,changed,meta.owner&ctx=account:jim',
  '/settings/new',
  '/settings/cache_size',
  '/settings/cache_size?ctx=account:jim,user:bob&vs=user:guest',
  '/settings/cache_size/history',
  '/settings/cache_size/definition',
  '/settings/web.new_checkout',
  '/settings/web.new_checkout/rollouts/1',
  '/try?ctx=account:jim&vs=user:guest',
  '/values/account/jim',
  '/rollouts',
  '/features',
  '/findings',
  '/changes',
  '/changes/12',
  '/change-sets',
  '/change-sets/1',
] as const;

/** What is read in the page, but for headings of columns, which stand before each value where rows are cards, and conditions that there are none. */
const WORDS = `(() => {
  const text = (element) => element.innerText.split(/\\s+/);
  const headings = new Set([...document.querySelectorAll('main :is(th, [role=columnheader], [data-any])')].flatMap(text));
  return text(document.querySelector('main')).filter((word) => /\\w/.test(word) && !headings.has(word));
})()`;

describeConsole('in 320 pixels', () => {
  const running = useConsole({ HEKSHER_CONSOLE_ENVIRONMENT: 'production' }, async ({ call }) => {
    await addReadmeData(call);
    const [start, end] = [-2, 3].map((days) => new Date(Date.now() + days * DAY_MS).toISOString());
    await addRollout(call, 'cache_size', { feature: 'account', ramp: { from: 0, to: 100, start, end }, value: 7 });
    const operations = [
      {
        op: 'put_rule',
        setting: 'cache_size',
        feature_values: { account: 'john' },
        value: 101,
        expect: { value: 100 },
      },
    ];
    await expectStatus(
      201,
      call('POST', '/api/v1/changesets', { body: { message: 'more for john', propose: true, operations } }),
    );
  });

  it.each(SCREENS)('%s shows all that it shows on a wide screen, without scrolling sideways', async (path) => {
    const opened = await running().open(path);
    const { page } = opened;
    await page.getByRole('heading', { level: 1 }).waitFor();
    await until('nothing is loaded', async () => (await page.getByText('Loading').count()) === 0);
    const wide = await words(page);
    expect(wide.length).toBeGreaterThan(3);
    await page.setViewportSize({ width: 320, height: 2_000 });
    await page.evaluate('new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    const narrow = new Set(await words(page));
    expect(wide.filter((word) => !narrow.has(word))).toEqual([]);
    expect(await opened.axe()).toEqual([]);
    await opened.close();
  });

  it('the list is sorted where it has no headings', async () => {
    const { page, close } = await running().open('/settings', { viewport: { width: 320, height: 800 } });
    const first = page
      .getByRole('row')
      .filter({ has: page.getByRole('cell') })
      .first();
    await first.getByText('cache_size').waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page
      .getByRole('menuitemcheckbox', { name: 'Sort by rollouts' })
      .or(page.getByRole('menuitem', { name: 'Sort by rollouts' }))
      .click();
    await page.waitForURL(/sort=-rollout_count/);
    await close();
  });
});

/** Times go on meanwhile. */
async function words(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<string[]>(WORDS);
  return found.filter((word) => !/^(just|now|\d+|seconds?|minutes?|ago)$/.test(word));
}
