import { type InSteps } from '@heksher/core';
import { type Draft, type IdsOf, type NewIds, type Revision, type Rows, rowsOf } from '@heksher/ruleset';
import { revisionOf } from './loading.js';

/** Checks and changes a draft. It may be done again on a newer ruleset, so that it must have no other effect. */
export type Decide<T> = (draft: Draft) => InSteps<T>;

/** What a write comes to: its result, the rows that it changes, and what is new among them. */
export type Decision<T> = Readonly<{ result: T; rows: Rows; added: NewIds }>;

/** What a write made: its result, the revision that it left, and the ids of what is new in the draft. */
export type Written<T> = Readonly<{ result: T; revision: Revision; ids: IdsOf }>;

/** What the database returns of a write. */
export type WrittenRow = Revision & Readonly<{ rules: readonly number[]; rollouts: readonly number[] }>;

export function* decided<T>(draft: Draft, decide: Decide<T>): InSteps<Decision<T>> {
  const result = yield* decide(draft);
  return { result, ...(yield* rowsOf(draft)) };
}

export function writtenBy<T>({ result, added }: Decision<T>, { seq, token, rules, rollouts }: WrittenRow): Written<T> {
  const ids = { rule: idsIn(added.rules, rules), rollout: idsIn(added.rollouts, rollouts) };
  return { result, revision: { seq, token }, ids };
}

function idsIn(added: readonly number[], ids: readonly number[]): (id: number) => number {
  const idOf = new Map(added.map((id, place) => [id, ids[place] ?? id]));
  return (id) => idOf.get(id) ?? id;
}

/** Of a write that changes nothing. */
export const NO_IDS: IdsOf = { rule: (id) => id, rollout: (id) => id };

/** Undefined: nothing was written, since the revision was not the newest. */
export function writtenRow(row: readonly (string | null)[] | undefined): WrittenRow | undefined {
  if (row === undefined) return undefined;
  const [seq, token, rules, rollouts] = row;
  return { ...revisionOf([seq, token]), rules: idsOfText(rules), rollouts: idsOfText(rollouts) };
}

/** Of an array of integers as PostgreSQL prints it, such as `{7,8}`. */
function idsOfText(text: string | null | undefined): readonly number[] {
  return text == null || text === '{}' ? [] : text.slice(1, -1).split(',').map(Number);
}

/** Sections of rows that the database keeps as they are given; it normalizes metadata, for instance. */
const KNOWN_EXACTLY: ReadonlySet<string> = new Set([
  'delete_rules',
  'update_rules',
  'insert_rules',
  'delete_conditions',
  'put_conditions',
  'insert_conditions',
]);

/** Whether the ruleset that they make is sure to be what the database holds then. */
export function isKnownExactly(rows: Rows): boolean {
  return Object.keys(rows).every((section) => KNOWN_EXACTLY.has(section));
}

export function isEmpty(rows: Rows): boolean {
  return Object.keys(rows).length === 0;
}
