import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { type Exact } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';
import { type SettingsFilter } from './filter-text.js';

export type ListedSetting = Exact<components['schemas']['CountedSetting']>;

export type SettingsPageAnswer = Readonly<{
  settings: readonly ListedSetting[];
  total: number;
  next_cursor: string | null;
}>;

const PAGE = 100;

/** Pages of the settings that a filter takes. */
export const settingsPages = (filter: SettingsFilter, sort: string, ownerKey: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.settings, 'pages', filter, sort],
    queryFn: async ({ pageParam, signal }) => {
      const { text, type, owner, feature, has } = filter;
      const query = {
        limit: PAGE,
        sort,
        include: 'findings',
        ...(text !== '' && { q: text }),
        ...(type !== undefined && { type }),
        ...(feature !== undefined && { feature }),
        ...(owner !== undefined && { [`metadata.${ownerKey}`]: owner }),
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
