import { queryOptions } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';

/** A setting by itself, with the tag that writes to it give back. */
export const definitionQuery = (name: string) =>
  queryOptions({
    queryKey: [...keys.setting(name), 'definition'],
    queryFn: ({ signal }) => request('get', '/api/v1/settings/{name}', { path: { name }, signal }),
    staleTime: 0,
  });
