import { useQueries } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';

/** The values of each feature that rules and rollouts name, those used most first. */
export function useNamedValues(features: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const answers = useQueries({
    queries: features.map((name) => ({
      queryKey: [...keys.contextFeatures, name, 'values'],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        request('get', '/api/v1/context_features/{name}/values', {
          path: { name },
          query: { limit: 200 },
          exact: [],
          signal,
        }),
      staleTime: 60_000,
    })),
  });
  return new Map(
    features.map((name, index) => [
      name,
      (answers[index]?.data?.data.values ?? []).map(({ value }) => value as unknown as string),
    ]),
  );
}
