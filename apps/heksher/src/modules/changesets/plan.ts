import { createHash } from 'node:crypto';
import {
  type FieldError,
  HeksherError,
  type InSteps,
  type JsonText,
  pointerTo,
  rawJson,
  type Writable,
  writeJson,
} from '@heksher/core';
import {
  applyOperations,
  changesOf,
  DeclarationRefused,
  type Draft,
  ExpectationFailed,
  type FailedOperation,
  type IdsOf,
  inverseOperations,
  type Operation,
  type OperationResult,
} from '@heksher/ruleset';
import { outcomeAnswer } from '../settings/declaration-outcome.js';

/** What applying operations comes to. Ids in it are negative for what is new. */
export type Plan = Readonly<{ results: readonly OperationResult[]; undo: readonly JsonText[] }>;

/** Applies the operations to the draft. Throws `conflict` that names each operation that failed. */
export function* planOf(draft: Draft, operations: readonly Operation[]): InSteps<Plan> {
  const { results, failures } = yield* applyOperations(draft, operations);
  if (failures.length > 0) throw refused(failures);
  return { results, undo: yield* inverseOperations(yield* changesOf(draft)) };
}

function refused(failures: readonly FailedOperation[]): HeksherError {
  const errors = failures.flatMap(entriesOf);
  const first = failures.slice(0, 10).map(({ index, op, error }) => `operation ${index} (${op}): ${error.message}`);
  const more = failures.length > first.length ? `; and ${failures.length - first.length} more` : '';
  return new HeksherError('conflict', `nothing was changed: ${first.join('; ')}${more}`, { errors });
}

function entriesOf({ index, op, error }: FailedOperation): readonly FieldError[] {
  const given: readonly FieldError[] =
    error.errors.length === 0 ? [{ field: 'op', message: error.message }] : error.errors;
  return given.map((entry) => {
    const inside = entry.pointer ?? (error instanceof DeclarationRefused ? '' : pointerTo(entry.field));
    return {
      ...{ field: entry.field, message: entry.message, ...(entry.code !== undefined && { code: entry.code }) },
      pointer: pointerTo('operations', index) + inside,
      details: { ...entry.details, operation: index, op, ...findingsOf(error) },
    };
  });
}

/** What was expected, and what is; long texts are left to be read. */
function findingsOf(error: HeksherError): NonNullable<FieldError['details']> {
  if (error instanceof DeclarationRefused) return { outcome: rawJson(writeJson(outcomeAnswer(error.result))) };
  if (!(error instanceof ExpectationFailed)) return {};
  const { expected, actual } = error;
  return { ...textOf('expected', expected), ...textOf('actual', actual) };
}

/** A member of an entry of an error; none where the text is long. */
export function textOf(name: string, text: JsonText | null): NonNullable<FieldError['details']> {
  return text !== null && text.length > LONGEST_TEXT ? {} : { [name]: rawJson(text ?? 'null') };
}

const LONGEST_TEXT = 1_000;

export function undoAnswer(undo: readonly JsonText[]): Writable {
  return { operations: rawJson(`[${undo.join(',')}]`) };
}

/** @param ids undefined: nothing was written, so that what is new has none */
export function resultsAnswer(results: readonly OperationResult[], ids: IdsOf | undefined): Writable {
  return results.map((result) => {
    const { index: operation } = result;
    switch (result.kind) {
      case 'rule':
      case 'rollout': {
        const id = ids === undefined ? result.id : ids[result.kind](result.id);
        return { operation, [`${result.kind}_id`]: id < 0 ? undefined : id, created: result.isNew };
      }
      case 'declaration':
        return { operation, setting: result.setting, outcome: outcomeAnswer(result.result) };
    }
  });
}

/** What an approval is bound to: the operations, and what they change, whatever ids new rules and rollouts will get. */
export function digestOf(operations: string, affected: JsonText, { rule, rollout }: IdsOf): string {
  const newest = { rule: rule(-1), rollout: rollout(-1) };
  const text = affected.replace(/"(rule|rollout)_id":(\d+)/g, (member, kind: 'rule' | 'rollout', id: string) =>
    Number(id) >= newest[kind] ? `"new_${kind}":${Number(id) - newest[kind]}` : member,
  );
  return createHash('sha256').update(operations).update('\0').update(text).digest('hex');
}
