import { quoted } from '@heksher/core';
import { invalidFor } from './errors.js';
import { isText } from './functionality.js';

/** The id of a unit, such as a user's. A number or a boolean stands for its JSON text. */
export type UnitId = string | number | bigint | boolean;

/** Who or what a functionality is asked about: an id, or an object whose id the functionality's `check` gives. */
export type Item = UnitId | object;

/** What gives an object's id: the name of a property of its, or a function. */
export type Check = string | ((item: object) => UnitId);

/** The id as text, the way it is hashed, searched and stored. Throws 'invalid' where the item has none. */
export function unitOf(functionality: string, item: Item, check?: Check): string {
  if (typeof item !== 'object') return textOf(functionality, item);
  if (item === null) throw invalidFor(functionality, 'null has no id');
  if (check === undefined) {
    throw invalidFor(
      functionality,
      'it was asked about an object, but no "check" says which property or function gives its id',
    );
  }
  const id: unknown = typeof check === 'string' ? Reflect.get(item, check) : check(item);
  return textOf(functionality, id, typeof check === 'string' ? `the property ${quoted(check)}` : 'the check function');
}

function textOf(functionality: string, id: unknown, source?: string): string {
  if (typeof id === 'string' && isText(id)) return id;
  if (typeof id === 'boolean' || typeof id === 'bigint' || isExact(id)) return String(id);
  const given = typeof id === 'string' ? JSON.stringify(id) : typeof id === 'number' ? String(id) : describe(id);
  const from = source === undefined ? '' : `, which ${source} gave,`;
  throw invalidFor(functionality, `${given}${from} is no id; accepted: ${ACCEPTED}`);
}

const ACCEPTED = 'a text that is not empty, a boolean, a number, or beyond ±(2^53−1) a bigint';

/** Two ids beyond ±(2^53−1) may be the same number: pass such ids as text or bigint. */
function isExact(id: unknown): boolean {
  return Number.isFinite(id) && (!Number.isInteger(id) || Number.isSafeInteger(id));
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
