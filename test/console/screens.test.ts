import { describeConsole, useConsole } from '../support/console/console.js';
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

  it.each(SCREENS)('%s has no fault that axe finds, violates no policy, and asks nobody else', async (path) => {
    const opened = await running().open(path);
    const { page, violations, foreign, errors } = opened;
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await opened.axe()).toEqual([]);
    // The browser itself reports an answer of 404.
    const faults = errors.filter((error) => !/status of 404/.test(error));
    expect({ violations, foreign, faults }).toEqual({ violations: [], foreign: [], faults: [] });
    await opened.close();
  });

  it('the theme that is chosen stays', async () => {
    const { page, close } = await running().open('/settings');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload({ waitUntil: 'networkidle' });
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await close();
  });
});

function at(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
