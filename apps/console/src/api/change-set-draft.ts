import {
  conditionsKey,
  type Condition,
  formatJson,
  type Json,
  parseStoredJson,
  type Writable,
  writeJson,
} from '@heksher/core';
import { useSyncExternalStore } from 'react';
import { readExact } from './exact.js';

/** An operation as `POST /api/v1/changesets` takes it: plain data, with exact JSON in `value`, `default_value` and `metadata`. */
export type Operation = Readonly<{ op: string; setting?: string } & Record<string, unknown>>;

/** The operations of a change set that is being made in this tab, each as its JSON text; they outlive a reload. */
const KEY = 'heksher-change-set';
const listeners = new Set<() => void>();
let operations: readonly string[] = read();

function read(): readonly string[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as string[];
  } catch {
    return [];
  }
}

export function changeSetDraft(): readonly string[] {
  return operations;
}

export function setChangeSetDraft(next: readonly string[]): void {
  operations = next;
  try {
    if (next.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // It holds as long as the page does.
  }
  listeners.forEach((listener) => listener());
}

/**
 * Adds an operation as `POST /api/v1/changesets` takes it; exact values by `exactly`. One about the same line takes the place of the one before, and what
 * is set of a rollout is set beside what was.
 */
export function addToChangeSet(operation: Writable): void {
  const text = writeJson(operation);
  const added = operationOf(text);
  const place = operations.findIndex((before) => subjectOf(operationOf(before)) === subjectOf(added));
  if (place === -1) return setChangeSetDraft([...operations, text]);
  setChangeSetDraft(operations.with(place, merged(operations[place] ?? text, text)));
}

export function operationOf(text: string): Operation {
  return readExact(text) as Operation;
}

/** What an operation is about: equal for those of which one makes the other needless. */
function subjectOf({ op, setting, name, feature, feature_values = {} }: Operation): string {
  const conditions = Object.entries(feature_values as Readonly<Record<string, unknown>>).map(
    ([key, value]): Condition => [key, String(value)],
  );
  const kind = op === 'change_members' ? op : op.slice(op.indexOf('_') + 1);
  return JSON.stringify([kind, setting ?? name, feature, conditionsKey(conditions)]);
}

/** Of two patches of one thing, one, which expects what the first did; of two changes of members, both. */
function merged(before: string, added: string): string {
  const [one, other] = [membersOf(parseStoredJson(before)), membersOf(parseStoredJson(added))];
  const op = operationOf(added).op;
  if (op === 'change_members') return withMembers(operationOf(before), operationOf(added));
  if (operationOf(before).op !== op || !op.startsWith('patch_')) return added;
  const both = (name: string, first: Members, last: Members): [string, Json] => [
    name,
    { kind: 'object', members: new Map([...membersOf(first.get(name)), ...membersOf(last.get(name))]) },
  ];
  const members = new Map([...other, both('set', one, other), both('expect', other, one)]);
  return formatJson({ kind: 'object', members });
}

/** The later one counts where one adds and the other removes. */
function withMembers(before: Operation, added: Operation): string {
  const unitsOf = (operation: Operation, name: 'add' | 'remove') =>
    (operation[name] as readonly string[] | undefined) ?? [];
  const both = (name: 'add' | 'remove', other: 'add' | 'remove') => {
    const undone = new Set(unitsOf(added, other));
    const kept = unitsOf(before, name).filter((unit) => !undone.has(unit));
    return [...new Set([...kept, ...unitsOf(added, name)])];
  };
  return writeJson({ ...(added as object), add: both('add', 'remove'), remove: both('remove', 'add') });
}

type Members = ReadonlyMap<string, Json>;

function membersOf(json: Json | null | undefined): Members {
  return json?.kind === 'object' ? json.members : new Map();
}

export function useChangeSetDraft(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => operations,
  );
}
