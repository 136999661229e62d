import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys, type RolloutLine } from '../api/queries.js';

/** A rollout as it is now, with the tag to give back. */
export const rolloutQuery = (id: number) =>
  queryOptions({
    queryKey: keys.rollout(id),
    queryFn: ({ signal }) => request('get', '/api/v1/rollouts/{id}', { path: { id: id }, signal }),
  });

/** What names it in a change set: there is one for each feature and conditions. */
export function keyOf(setting: string, { feature, feature_values }: Pick<RolloutLine, 'feature' | 'feature_values'>) {
  return { setting, feature, feature_values };
}

export type ReadRollout = Awaited<ReturnType<typeof readRollout>>;

export async function readRollout(client: QueryClient, id: number) {
  return client.fetchQuery({ ...rolloutQuery(id), staleTime: 0 });
}
