import { hashKey, QueryClient, queryOptions } from '@tanstack/react-query';
import { isApiError } from './api-error.js';
import { shownAsOf } from './as-of.js';
import { request } from './client.js';
import { type Exact } from './exact.js';
import { type components } from './schema.js';

type Schemas = components['schemas'];
export type SettingView = Exact<Required<Schemas['SettingViewAnswer']>>;
export type Line = SettingView['lines'][number];
export type RuleLine = Extract<Line, { kind: 'rule' }>;
export type RolloutLine = Extract<Line, { kind: 'rollout' }>;
export type Finding = SettingView['findings'][number];

/**
 * Everything read is kept by what it is of, so that one call forgets what a write may have changed:
 * `client.invalidateQueries({ queryKey: keys.setting('cache_size') })`.
 */
export const keys = {
  settings: ['settings'] as const,
  setting: (name: string) => ['setting', name] as const,
  rules: ['rules'] as const,
  rollouts: ['rollouts'] as const,
  rollout: (id: number) => ['rollout', id] as const,
  contextFeatures: ['context_features'] as const,
  lint: ['lint'] as const,
  history: ['history'] as const,
  changesets: ['changesets'] as const,
  evaluations: ['evaluate'] as const,
};

/** Each answer with its tag. The past and the present are kept apart. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        queryKeyHashFn: (key) => hashKey([shownAsOf() ?? 'now', ...key]),
        retry: (failures, error) => failures < 1 && isApiError(error) && error.isTransient,
        retryDelay: 500,
        staleTime: 5_000,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

/** After a write: everything that shows rules, values or counts is read again when it is looked at. */
export async function forgetAll(client: QueryClient): Promise<void> {
  await client.invalidateQueries();
}

export const contextFeaturesQuery = () =>
  queryOptions({
    queryKey: keys.contextFeatures,
    queryFn: ({ signal }) => request('get', '/api/v1/context_features', { signal }),
  });

/** A setting with its lines in order of precedence, when these were changed, and its findings, as of one revision. */
export const settingQuery = (name: string) =>
  queryOptions({
    queryKey: keys.setting(name),
    queryFn: async ({ signal }) => {
      const query = { include: 'rules,rollouts,lint,changed' };
      const answer = await request('get', '/api/v1/settings/{name}', { path: { name }, query, signal });
      return { ...answer, data: answer.data as SettingView };
    },
  });
