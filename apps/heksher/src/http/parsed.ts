import { type FieldError, HeksherError, type Json, ProblemList, pointerTo } from '@heksher/core';
import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/**
 * Reads a member of a body, or a parameter of a query, into what the service works with. `accepted` completes "… must be"
 * where it is missing; `read` throws HeksherError `invalid`.
 */
export type Reader<T> = Readonly<{ accepted?: string; read: (given: Json) => T }>;

/** A given member: class-transformer passes functions on, where it would copy an object with all that is in it. */
export type Given = () => Json;

/** Stands in a DTO for a member that could not be read. */
export class Unreadable {
  constructor(readonly error: HeksherError) {}
}

/**
 * A member of a DTO that holds what `reader` makes of the given one: nothing is parsed a second time. It must be given,
 * unless class-validator's IsOptional, or a default, says otherwise.
 */
export const Parsed =
  <T>(reader: Reader<T>): PropertyDecorator =>
  (target, key) => {
    const name = String(key);
    Transform(({ value }: { value: unknown }) => (isGiven(value) ? attempt(reader, value(), name) : value))(
      target,
      key,
    );
    registerDecorator({
      name: 'parsed',
      target: target.constructor,
      propertyName: name,
      validator: {
        validate: (value: unknown) => value !== undefined && !(value instanceof Unreadable),
        defaultMessage: () => `${name} must be ${reader.accepted ?? 'given'}; given: missing`,
      },
    });
  };

function isGiven(value: unknown): value is Given {
  return typeof value === 'function';
}

function attempt<T>({ read }: Reader<T>, given: Json, name: string): T | Unreadable {
  try {
    return read(given);
  } catch (error) {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    const { message, omitted } = error;
    const entries: readonly FieldError[] = error.errors.length === 0 ? [{ field: name, message }] : error.errors;
    const errors = entries.map((entry) => within(entry, name));
    return new Unreadable(new HeksherError('invalid', message, { errors, omitted }));
  }
}

/** The entry with the member as its field, and where in the member it is as its pointer. */
function within({ field, message, ...entry }: FieldError, name: string): FieldError {
  if (field === name) return { ...entry, field, message };
  const isInside = field.startsWith(name) && entry.pointer === undefined;
  const pointer = isInside ? pointerOf(field) : entry.pointer;
  return { ...entry, field: name, message: isInside ? `${field}: ${message}` : message, ...(pointer && { pointer }) };
}

/** `variants[0].weight` as a pointer of RFC 6901: `/variants/0/weight`. */
export function pointerOf(field: string): string {
  return pointerTo(...field.split(/[.[\]]+/).filter((part) => part !== ''));
}

/** Reads one of many items: what it is, or undefined where `problems` refuses it. It must not throw. */
export type ItemReader<Item, T> = (item: Item, index: number, problems: ProblemList) => T | undefined;

/** Reads each of the items, and reports all that are wrong. `read` gets the place of an item for its pointer. */
export function readEach<Item, T>(items: Iterable<Item>, read: ItemReader<Item, T>): T[] {
  const problems = new ProblemList();
  const results: T[] = [];
  let index = 0;
  for (const item of items) {
    const result = read(item, index, problems);
    if (result !== undefined) results.push(result);
    index += 1;
  }
  problems.throwIfAny();
  return results;
}
