import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { type Change, type Entry } from '../difference/rows.js';

/** What an address says of which entries are shown. Times are RFC 3339, or revisions. */
export type HistoryFilter = Readonly<{
  setting?: string | undefined;
  actor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}>;

/** Newest first, in pages. */
export const historyQuery = ({ setting, actor, from, to }: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.history, 'list', { setting, actor, from, to }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { setting, actor, after: from, before: to, limit: 30, cursor: pageParam };
      return (await request('get', '/api/v1/history', { query, signal })).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

/** All of one transaction that is listed, in pages. */
export const entryQuery = (seq: number) =>
  infiniteQueryOptions({
    queryKey: [...keys.history, 'entry', seq],
    queryFn: async ({ pageParam, signal }) => {
      const answer = await request('get', '/api/v1/history/{seq}', {
        path: { seq },
        query: { cursor: pageParam },
        signal,
      });
      return answer.data as Entry & { next_cursor: string | null };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

export const membersQuery = (seq: number, rolloutId: number) =>
  queryOptions({
    queryKey: [...keys.history, 'members', seq, rolloutId],
    queryFn: async ({ signal }) => {
      const query = { members_of: String(rolloutId), limit: 200 };
      const answer = await request('get', '/api/v1/history/{seq}', { path: { seq }, query, signal });
      return answer.data as { members: { added: string[]; removed: string[] }; next_cursor: string | null };
    },
  });

/** What differs between two states; `to` undefined: now. */
export const diffQuery = (from: string, to: string | undefined, setting: string | undefined) =>
  infiniteQueryOptions({
    queryKey: [...keys.history, 'diff', { from, to, setting }],
    queryFn: async ({ pageParam, signal }) =>
      (await request('get', '/api/v1/diff', { query: { from, to, setting, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

/** Whether a change is of this line, such as `rule-7`; the setting's own ones are of `default`. */
export function isOfLine({ kind, rule_id, rollout_id }: Change, line: string): boolean {
  if (kind === 'rule') return line === `rule-${rule_id}`;
  if (kind === 'rollout') return line === `rollout-${rollout_id}`;
  return kind === 'setting' && line === 'default';
}
