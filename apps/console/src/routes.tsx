import { type QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { formatSearch, parseSearch, type Search } from './ui/search.js';
import { Shell } from './shell/shell.js';
import { Failure } from './ui/failure.js';
import { NotFound } from './shell/not-found.js';

/** Every screen has an address; the code of each is loaded when it is opened first. */
const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search): Search => search as Search,
  // Whoever looks at the past stays there until told otherwise.
  search: { middlewares: [({ search, next }): Search => ({ asof: search['asof'], ...next(search) })] },
});

const at = <Path extends string>(path: Path, load: () => Promise<Readonly<Record<string, unknown>>>, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load as never, name as never) });

const setting = createRoute({
  getParentRoute: () => root,
  path: '/settings/$name',
  component: lazyRouteComponent(() => import('./setting/setting-page.js'), 'SettingPage'),
});
const tab = <Path extends string>(path: Path, load: () => Promise<Readonly<Record<string, unknown>>>, name: string) =>
  createRoute({ getParentRoute: () => setting, path, component: lazyRouteComponent(load as never, name as never) });

const tree = root.addChildren([
  at('/', () => import('./overview/overview-page.js'), 'OverviewPage'),
  at('/settings', () => import('./settings/settings-page.js'), 'SettingsPage'),
  at('/settings/new', () => import('./declare/declare-page.js'), 'DeclarePage'),
  setting.addChildren([
    tab('/', () => import('./setting/rules-tab.js'), 'RulesTab'),
    tab('/rollouts/$id', () => import('./rollout/rollout-page.js'), 'RolloutPage'),
    tab('/history', () => import('./history/setting-history.js'), 'SettingHistory'),
    tab('/definition', () => import('./definition/definition-tab.js'), 'DefinitionTab'),
  ]),
  at('/try', () => import('./try/try-page.js'), 'TryPage'),
  at('/values/$feature/$value', () => import('./values/values-page.js'), 'ValuesPage'),
  at('/rollouts', () => import('./rollouts/rollouts-page.js'), 'RolloutsPage'),
  at('/features', () => import('./features/features-page.js'), 'FeaturesPage'),
  at('/findings', () => import('./findings/findings-page.js'), 'FindingsPage'),
  at('/changes', () => import('./history/changes-page.js'), 'ChangesPage'),
  at('/changes/compare', () => import('./history/compare-page.js'), 'ComparePage'),
  at('/changes/$seq', () => import('./history/change-page.js'), 'ChangePage'),
  at('/change-sets', () => import('./changesets/changesets-page.js'), 'ChangesetsPage'),
  at('/change-sets/new', () => import('./changesets/review-page.js'), 'ReviewPage'),
  at('/change-sets/$id', () => import('./changesets/changeset-page.js'), 'ChangesetPage'),
]);

/** @param basepath where the console is, such as `/settings/console/` */
export function makeRouter(basepath: string, queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath,
    context: { queryClient },
    parseSearch,
    stringifySearch: formatSearch,
    trailingSlash: 'never',
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
