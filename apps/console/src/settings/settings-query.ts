import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { shownAsOf } from '../api/as-of.js';
import { request } from '../api/client.js';
import { type Exact } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';
import { changedSince, type SettingsFilter } from './filter-text.js';

export type ListedSetting = Exact<components['schemas']['CountedSetting']>;

export type SettingsPageAnswer = Readonly<{
  settings: readonly ListedSetting[];
  total: number;
  next_cursor: string | null;
}>;

const PAGE = 100;

/** Pages of the settings that a filter takes. @param hasChanged whether each comes with its last change */
export const settingsPages = (filter: SettingsFilter, sort: string, ownerKey: string, hasChanged: boolean) =>
  infiniteQueryOptions({
    queryKey: [...keys.settings, 'pages', filter, sort, hasChanged],
    queryFn: async ({ pageParam, signal }) => {
      const { text, type, owner, feature, value, changed, has, no } = filter;
      const since = changed === undefined ? undefined : changedSince(changed, shownMs());
      const query = {
        limit: PAGE,
        sort,
        include: hasChanged ? 'findings,changed' : 'findings',
        ...(text !== '' && { q: text }),
        ...(type !== undefined && { type }),
        ...(feature !== undefined && { feature }),
        ...(owner !== undefined && { [`metadata.${ownerKey}`]: owner }),
        ...(value !== undefined && { value }),
        ...(since !== undefined && { changed_after: since }),
        ...(no.includes('owner') && { without: ownerKey }),
        ...(has.length > 0 && { has: has.join(',') }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      const { data } = await request('get', '/api/v1/settings', { query, signal });
      return data as SettingsPageAnswer;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });

/** The time that is looked at. */
function shownMs(): number {
  const atMs = Date.parse(shownAsOf() ?? '');
  return Number.isNaN(atMs) ? Date.now() : atMs;
}
