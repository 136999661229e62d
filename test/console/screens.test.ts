import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';

const DAY_MS = 86_400_000;

const SCREENS = [
  '',
  '/settings',
  '/settings?q=cache&cols=name,version,features,aliases,meta.owner&ctx=account:jim',
  '/settings?q=nothing_is_called_so',
  '/settings/cache_size',
  '/settings/cache_size?ctx=account:jim,user:bob&vs=user:guest',
  '/settings/web.new_checkout?ctx=user:ann',
  '/settings/web.button',
  '/settings/missing',
  '/try',
  '/try?ctx=account:jim&vs=user:guest&only=differences',
  '/values/account/jim',
  '/rollouts',
  '/rollouts?state=ramping',
  '/findings',
  '/findings?kind=repeats_default',
  '/no-such-page',
] as const;

describeConsole('each screen', () => {
  const running = useConsole(
    { HEKSHER_CONSOLE_LINKS: 'Runbook=https://wiki.example.com/{setting}' },
    async ({ call }) => {
      await addReadmeData(call);
      const variants = [
        { name: 'control', value: 'Buy', weight: 1 },
        { name: 'long', value: 'Buy it now', weight: 1 },
      ];
      const ramp = { from: 0, to: 100, start: at(-2), end: at(3) };
      await call('POST', '/api/v1/settings/declare', {
        body: { name: 'web.button', type: 'str', default_value: 'Buy', configurable_features: ['user', 'account'] },
      });
      await call('POST', '/api/v1/rollouts', {
        body: { setting: 'web.button', feature: 'user', percentage: 50, variants },
      });
      await call('POST', '/api/v1/rollouts', {
        body: { setting: 'web.button', feature: 'account', ramp, value: 'Go' },
      });
      await call('POST', '/api/v1/rules', {
        body: { setting: 'cache_size', feature_values: { account: 'mia' }, value: 60 },
      });
    },
  );

  // One page for all: what it is made of is loaded and compiled once.
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await running().open('');
  });

  it.each(SCREENS)('%s has no fault that axe finds, violates no policy, and asks nobody else', async (path) => {
    const { page } = opened;
    const before = [opened.violations, opened.foreign, opened.errors].map(({ length }) => length);
    await opened.go(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await opened.axe()).toEqual([]);
    const [violations, foreign, errors = []] = [opened.violations, opened.foreign, opened.errors].map((all, index) =>
      all.slice(before[index]),
    );
    // The browser itself reports an answer of 404.
    const faults = errors.filter((error) => !/status of 404/.test(error));
    expect({ violations, foreign, faults }).toEqual({ violations: [], foreign: [], faults: [] });
  });

  it('the theme that is chosen stays', async () => {
    const { page } = opened;
    await opened.go('/settings');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });
});

function at(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
