import {
  formatJson,
  HeksherError,
  type Json,
  jsonEquals,
  jsonText,
  type JsonText,
  parseStoredJson,
  pointerTo,
  shortened,
  writeJson,
} from '@heksher/core';
import { type Expected } from './operation.js';
import { type Image } from './images.js';

/** What an operation relies on is not so. Texts are of JSON; null: there is, or was to be, nothing. */
export class ExpectationFailed extends HeksherError {
  constructor(
    message: string,
    readonly expected: JsonText | null,
    readonly actual: JsonText | null,
    path: readonly string[] = ['expect'],
  ) {
    const pointer = pointerTo(...path);
    super('conflict', message, { errors: [{ field: 'expect', pointer, message, code: 'not_as_expected' }] });
  }
}

/**
 * Throws ExpectationFailed unless the fields named are as expected. A list of names counts as a set.
 * @param what such as `the rule of "cache_size" for user=guest`
 * @param image undefined: it does not exist
 */
export function requireExpected(what: string, expected: Expected, image: Image | undefined): void {
  if (expected === undefined) return;
  if (expected === null) {
    if (image === undefined) return;
    throw new ExpectationFailed(`${what} exists`, null, writeJson(image));
  }
  const named = writeObject(expected);
  if (image === undefined) throw new ExpectationFailed(`${what} does not exist`, named, null);
  for (const [field, value] of expected) {
    const text = image[field] === undefined ? null : writeJson(image[field]);
    const actual = text === null ? null : parseStoredJson(text);
    if (isSame(field, value, actual)) continue;
    const [wanted, is] = [formatJson(value), text ?? jsonText('null')];
    const message = `${what}: ${field} is ${shortened(is, 200)}, not ${shortened(wanted, 200)} as expected`;
    throw new ExpectationFailed(message, wanted, is, ['expect', field]);
  }
}

function isSame(field: string, expected: Json, actual: Json | null): boolean {
  if (actual === null) return expected.kind === 'null';
  if (field !== 'configurable_features' && field !== 'aliases') return jsonEquals(expected, actual);
  if (expected.kind !== 'array' || actual.kind !== 'array') return false;
  const sorted = (items: readonly Json[]) => items.map(formatJson).sort().join();
  return sorted(expected.items) === sorted(actual.items);
}

function writeObject(members: ReadonlyMap<string, Json>): JsonText {
  return formatJson({ kind: 'object', members });
}
