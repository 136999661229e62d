import { readFile } from 'node:fs/promises';
import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { REPOSITORY } from '../support/repository.js';

const DAY_MS = 86_400_000;

const SCREENS = [
  '',
  '/settings',
  '/settings?q=cache&cols=name,version,features,aliases,changed,meta.owner&ctx=account:jim',
  '/settings?q=nothing_is_called_so',
  '/settings/new',
  '/settings/cache_size',
  '/settings/cache_size?ctx=account:jim,user:bob&vs=user:guest',
  '/settings/cache_size?row=rule-3',
  '/settings/cache_size?edit=new',
  '/settings/cache_size?edit=rule-3',
  '/settings/cache_size?edit=everyone',
  '/settings/cache_size?delete=rule-3',
  '/settings/cache_size/history',
  '/settings/cache_size/definition',
  '/settings/cache_size/definition?edit=definition',
  '/settings/cache_size/definition?edit=rename',
  '/settings/cache_size/definition?edit=delete-setting',
  '/settings/cache_size?asof=3',
  '/settings/web.new_checkout?ctx=user:ann',
  '/settings/web.new_checkout?edit=rollout-1',
  '/settings/web.new_checkout?edit=new-rollout',
  '/settings/web.new_checkout?off=rollout-1',
  '/settings/web.new_checkout?delete=rollout-1',
  '/settings/web.new_checkout/rollouts/1',
  '/settings/web.button',
  '/settings/web.button/rollouts/3',
  '/settings/missing',
  '/try',
  '/try?ctx=account:jim&vs=user:guest&only=differences',
  '/values/account/jim',
  '/rollouts',
  '/rollouts?state=ramping',
  '/features',
  '/findings',
  '/findings?kind=repeats_default',
  '/changes',
  '/changes/12',
  '/changes/999999',
  '/changes/compare?from=3',
  '/change-sets',
  '/change-sets/new',
  '/change-sets/1',
  '/no-such-page',
] as const;

it('each address of the console is among them', async () => {
  const source = await readFile(`${REPOSITORY}apps/console/src/routes.tsx`, 'utf8');
  const routes = [...source.matchAll(/^ +(at|tab)\('([^']+)'/gm)].map(([, kind, path = '']) =>
    kind === 'tab' ? `/settings/$name${path}`.replace(/\/$/, '') : path.replace(/^\/$/, ''),
  );
  expect(routes.length).toBeGreaterThan(15);
  const shown = SCREENS.map((screen) => screen.replace(/\?.*/, ''));
  const missing = routes.filter((route) => {
    const pattern = new RegExp(`^${route.replace(/\$\w+/g, '[^/]+')}$`);
    return !shown.some((path) => pattern.test(path) && (route.includes('$') || path === route));
  });
  expect(missing).toEqual([]);
});

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
      const operation = { op: 'put_rule', setting: 'cache_size', feature_values: { account: 'john' } };
      await call('POST', '/api/v1/changesets', {
        body: {
          message: 'more for john',
          propose: true,
          operations: [{ ...operation, value: 101, expect: { value: 100 } }],
        },
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
    // Behind a drawer nothing is reached.
    const isDrawer = /[?&](edit|delete|off)=/.test(path);
    const shown = page.locator(isDrawer ? '[role=dialog], [role=alertdialog]' : 'h1');
    await shown.first().waitFor({ timeout: 30_000 });
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
