import { type Condition } from '@heksher/core';
import { type QueryClient } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { type StoredRule } from './rule-form.js';

/** A rule as it was read, with the tag to give back. */
export type TaggedRule = StoredRule & Readonly<{ etag?: string | undefined }>;

/** Reads a rule as it is now. Rejects with ApiError 404 where there is none. */
export async function readRule(client: QueryClient, id: number, features: readonly string[]): Promise<TaggedRule> {
  const { data, etag } = await client.fetchQuery({
    queryKey: [...keys.rules, 'one', id],
    queryFn: ({ signal }) => request('get', '/api/v1/rules/{id}', { path: { id: id }, signal }),
    staleTime: 0,
    gcTime: 0,
  });
  const given = new Map(data.feature_values.map(([feature = '', value = '']): Condition => [feature, value]));
  const conditions = [...new Set([...features, ...given.keys()])].flatMap((feature): Condition[] => {
    const value = given.get(feature);
    return value === undefined ? [] : [[feature, value]];
  });
  return { conditions, value: data.value, metadata: data.metadata, etag };
}
