import { type HeksherError, rawJson, type Writable } from '@heksher/core';
import { partAnswer } from '../../http/problem-answer.js';
import { type ListedChangeset, type StoredChangeset } from './changesets.store.js';

export type Approval = Readonly<{ actor: string; at: string; digest: string }>;

export function approvalsIn({ approvals }: Pick<StoredChangeset, 'approvals'>): readonly Approval[] {
  const parsed: unknown = JSON.parse(approvals);
  return Array.isArray(parsed) ? (parsed as readonly Approval[]) : [];
}

/** A change set as one of a list. */
export function listedAnswer(changeset: ListedChangeset) {
  const { id, state, message, authors, createdAt, decidedAt, ifRevision, applyAt, maxDelay, seq, failure } = changeset;
  const [author, ...editors] = authors;
  return {
    changeset_id: id,
    state,
    message,
    author: author ?? null,
    editors,
    created_at: createdAt,
    decided_at: decidedAt,
    if_revision: ifRevision,
    apply_at: applyAt,
    max_delay: maxDelay,
    approvals: approvalsIn(changeset).map(({ actor, at }) => ({ actor, at })),
    seq,
    failure: failure === null ? null : rawJson(failure),
  } satisfies Record<string, Writable>;
}

/** With its operations as they were given. */
export function changesetAnswer(changeset: StoredChangeset) {
  const { operations, result, undo } = changeset;
  return {
    ...listedAnswer(changeset),
    operations: rawJson(operations),
    results: result === null ? undefined : rawJson(result),
    undo: undo === null ? undefined : rawJson(undo),
  };
}

/** Why a set was not applied, as an answer about it would have said. */
export function failureOf({ message, errors, omitted }: HeksherError): Writable {
  return {
    code: 'conflict',
    detail: message,
    errors: errors.map((entry) => partAnswer(entry)),
    omitted: omitted > 0 ? omitted : undefined,
  };
}
