import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';

/** A rollout as it is now, with the tag to give back. */
export const rolloutQuery = (id: number) =>
  queryOptions({
    queryKey: keys.rollout(id),
    queryFn: ({ signal }) => request('get', '/api/v1/rollouts/{id}', { path: { id: id }, signal }),
  });

export type ReadRollout = Awaited<ReturnType<typeof readRollout>>;

export async function readRollout(client: QueryClient, id: number) {
  return client.fetchQuery({ ...rolloutQuery(id), staleTime: 0 });
}
