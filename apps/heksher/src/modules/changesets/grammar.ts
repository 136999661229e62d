import {
  HeksherError,
  type InSteps,
  invalid,
  isSettingName,
  type Json,
  listed,
  pointerTo,
  type ProblemList,
  quoted,
} from '@heksher/core';
import { type Expected } from '@heksher/ruleset';
import { pointerOf, type Reader } from '../../http/parsed.js';
import { show } from '../../http/readers.js';

/** A member of an object: how it is read, and whether it must be there. */
export type Member<T> = Reader<T> & Readonly<{ isOptional?: boolean }>;

export type Members = Readonly<Record<string, Member<unknown>>>;

/** What the members of an object were read into. */
export type ReadMembers<M extends Members> = {
  readonly [Name in keyof M]: M[Name] extends { isOptional: true } ? Given<M[Name]> | undefined : Given<M[Name]>;
};

type Given<M> = M extends Reader<infer T> ? T : never;

export const optional = <T>(reader: Reader<T>): Reader<T> & { isOptional: true } => ({ ...reader, isOptional: true });

/** Where in the body an object stands, and where what is wrong with it is noted. */
export type Place = Readonly<{ path: readonly (string | number)[]; problems: ProblemList }>;

/** Reads all members of an object, and notes all that is wrong; undefined: something is. */
export function readMembers<M extends Members>(
  given: ReadonlyMap<string, Json>,
  members: M,
  { path, problems }: Place,
  known: readonly string[] = [],
): ReadMembers<M> | undefined {
  const read: Record<string, unknown> = {};
  let isGood = true;
  const note = (work: () => void): void => {
    isGood = false;
    work();
  };
  const accepted = [...known, ...Object.keys(members)];
  for (const name of given.keys()) {
    if (accepted.includes(name)) continue;
    note(() =>
      problems.add(() => ({
        field: name,
        message: `${listed([name])} is no member here; accepted: ${listed(accepted, (each) => each, 30)}`,
        code: 'unknown_member',
        pointer: pointerTo(...path, name),
      })),
    );
  }
  for (const [name, member] of Object.entries(members)) {
    const json = given.get(name);
    if (json === undefined) {
      if (member.isOptional === true) continue;
      const message = `${name} must be ${member.accepted ?? 'given'}; given: missing`;
      note(() => problems.add(() => ({ field: name, message, code: 'missing', pointer: pointerTo(...path, name) })));
      continue;
    }
    try {
      read[name] = member.read(json);
    } catch (error) {
      note(() => addWithin(error, name, path, problems));
    }
  }
  return isGood ? (read as ReadMembers<M>) : undefined;
}

/** Does what may throw `invalid` about the object. */
export function within<T>({ path, problems }: Place, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    addWithin(error, '', path, problems);
    return undefined;
  }
}

/** Entries point into the object: they are moved to where that stands. */
function addWithin(error: unknown, name: string, path: readonly (string | number)[], problems: ProblemList): void {
  if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
  const entries = error.errors.length === 0 ? [{ field: name, message: error.message }] : error.errors;
  for (const { field, message, pointer, code = 'malformed' } of entries) {
    const inside = pointer ?? (field === 'body' ? '' : pointerOf(field === 'json' ? name : field));
    problems.add(() => ({ field, message, code, pointer: pointerTo(...path) + inside }));
  }
}

/** An object, by its members. */
export const object = (field: string, accepted = 'an object'): Reader<ReadonlyMap<string, Json>> => ({
  accepted,
  read: (given) => {
    if (given.kind === 'object') return given.members;
    throw invalid(`${field} must be ${accepted}; given: ${show(given)}`, field);
  },
});

/** What an operation expects of the fields of a thing, or null: that there is none. Other names are refused. */
export const expected = (...fields: readonly string[]): Reader<Exclude<Expected, undefined>> & { isOptional: true } =>
  optional({
    read: (given) => {
      if (given.kind === 'null') return null;
      const { read } = object('expect', 'an object of expected fields, or null');
      const members = read(given);
      const unknown = [...members.keys()].filter((name) => !fields.includes(name));
      if (unknown.length === 0) return members;
      const message = `expect has ${listed(unknown)}; accepted: ${listed(fields, (each) => each, 30)}`;
      throw invalid(message, 'expect', { code: 'unknown_member' });
    },
  });

export const boolean = (field: string): Reader<boolean> => ({
  accepted: 'true or false',
  read: (given) => {
    if (given.kind === 'boolean') return given.value;
    throw invalid(`${field} must be true or false; given: ${show(given)}`, field);
  },
});

/** Names of settings, none twice. */
export const aliases: Reader<readonly string[]> = {
  accepted: 'a list of names without repeats',
  read: (given) => {
    const names =
      given.kind === 'array' ? given.items.map((item) => (item.kind === 'string' ? item.value : '')) : undefined;
    if (names === undefined || new Set(names).size !== names.length || !names.every(isSettingName)) {
      throw invalid(`aliases must be ${aliases.accepted}; given: ${show(given)}`, 'aliases');
    }
    return names;
  },
};

/** Goes through the items of a list in steps. */
export function* eachInSteps<T>(
  items: readonly Json[],
  read: (item: Json, index: number) => T | undefined,
): InSteps<T[]> {
  const results: T[] = [];
  for (const [index, item] of items.entries()) {
    const result = read(item, index);
    if (result !== undefined) results.push(result);
    if (index % 32 === 31) yield;
  }
  return results;
}

/** One of several words. */
export const oneOf = <T extends string>(field: string, words: readonly T[]): Reader<T> => ({
  accepted: `one of ${words.join(', ')}`,
  read: (given) => {
    const word = given.kind === 'string' ? words.find((each) => each === given.value) : undefined;
    if (word !== undefined) return word;
    const shown = given.kind === 'string' ? quoted(given.value) : show(given);
    throw invalid(`${field} must be one of ${words.join(', ')}; given: ${shown}`, field);
  },
});
