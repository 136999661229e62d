import { queryOptions } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { isApiError } from './api-error.js';
import { request } from './client.js';
import { type components } from './schema.js';

/** Who asks, and what is granted to them on which settings. */
export type Who = components['schemas']['WhoamiAnswer'];
export type Action = keyof Who['grants'];

export const whoQuery = () =>
  queryOptions({
    queryKey: ['whoami'],
    queryFn: ({ signal }) => request('get', '/api/v1/whoami', { signal }),
    // The issuer, by whose keys tokens are proved, may be away for a while.
    retry: (failures, error) => isApiError(error) && error.isTransient && failures < 5,
    retryDelay: (_, error) => 1_000 * ((isApiError(error) && error.retryAfterS) || 2),
  });

/** Undefined: nobody needs to be known here, and everybody may do everything. */
export const WhoContext = createContext<Who | undefined>(undefined);

export function useWho(): Who | undefined {
  return useContext(WhoContext);
}

/** Whether one may do it with a setting; without a name: with any at all; with `*`: with all, as context features need. */
export function useMay(): (action: Action, setting?: string) => boolean {
  const who = useWho();
  return (action, setting) => who === undefined || isGranted(who.grants[action], setting);
}

/** @param patterns as grants name settings: `*`, `billing.*` for those below, or a name */
export function isGranted(patterns: readonly string[], setting?: string): boolean {
  if (setting === undefined) return patterns.length > 0;
  return patterns.some(
    (pattern) =>
      pattern === '*' || pattern === setting || (pattern.endsWith('.*') && setting.startsWith(pattern.slice(0, -1))),
  );
}
