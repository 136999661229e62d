import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { type Json, rawJson } from '@heksher/core';
import { type Operation } from '../api/change-set-draft.js';
import { request } from '../api/client.js';
import { type Exact, EXACT_MEMBERS, exactly } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';
import { type AffectedView } from '../ui/affected.js';

export type ListedChangeset = Exact<components['schemas']['ListedChangeset']>;
export type State = ListedChangeset['state'];
export type Changeset = Omit<Exact<components['schemas']['ChangesetAnswer']>, 'operations' | 'affected' | 'undo'> &
  Readonly<{ operations: readonly Operation[]; affected?: AffectedView; undo?: Json }>;

/** What takes a set back is sent as it came. */
export const EXACT = [...EXACT_MEMBERS, 'undo'];

/** They are no part of the change log, so that the feed does not tell of them. */
const AGAIN_MS = 20_000;

export const changesetsQuery = (state: State | undefined) =>
  infiniteQueryOptions({
    queryKey: [...keys.changesets, 'list', state],
    queryFn: async ({ pageParam, signal }) =>
      (await request('get', '/api/v1/changesets', { query: { state, limit: 50, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: AGAIN_MS,
  });

export const changesetQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.changesets, 'one', id],
    queryFn: async ({ signal }) =>
      (await request('get', '/api/v1/changesets/{id}', { path: { id }, exact: EXACT, signal }))
        .data as unknown as Changeset,
    refetchInterval: AGAIN_MS,
  });

/** What is done with the operations of the draft, each a JSON text. */
export type Sending = Readonly<{
  message?: string | undefined;
  applyAt?: string | undefined;
  isProposal?: boolean;
  isDryRun?: boolean;
}>;

export function sendChangeset(draft: readonly string[], sending: Sending, signal?: AbortSignal) {
  const { message, applyAt, isProposal, isDryRun } = sending;
  const body = {
    operations: draft.map((text) => rawJson(text)),
    message: message === undefined || message.trim() === '' ? undefined : message.trim(),
    apply_at: applyAt,
    propose: isProposal,
    dry_run: isDryRun,
  };
  return request('post', '/api/v1/changesets', { body, exact: EXACT, ...(signal !== undefined && { signal }) });
}

/** Sends what takes an applied change set back. */
export function sendUndo(undo: Json) {
  return request('post', '/api/v1/changesets', { body: exactly(undo) });
}
