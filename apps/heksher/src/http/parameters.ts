import { parse } from 'node:querystring';
import { HeksherError, invalid, ProblemList } from '@heksher/core';
import { refuseUnknown } from './validation.js';

/** Reads the text of one parameter; throws HeksherError `invalid`. */
export type ParameterReader<T> = (text: string, name: string) => T;

type Readers = Readonly<Record<string, ParameterReader<unknown>>>;

/** What the readers made of the parameters that are there. */
export type ReadParameters<R extends Readers> = { readonly [Name in keyof R]?: ReturnType<R[Name]> };

/** The parameters of a query string by name, with all values that each is given. */
export function parametersIn(queryString: string): Map<string, readonly string[]> {
  const given = parse(queryString, '&', '=', { maxKeys: 0 });
  return new Map(
    Object.entries(given).map(([name, value = '']) => [name, typeof value === 'string' ? [value] : value]),
  );
}

/**
 * Reads all of the given parameters, each of which may be there once; one that has no reader is refused. Throws `invalid` with all
 * that is wrong.
 * @param family a reader for parameters of any name that begins so, such as `metadata.`, and what they are called in messages
 */
export function readParameters<R extends Readers, T = never>(
  queryString: string,
  readers: R,
  family?: Readonly<{ prefix: string; called: string; read: ParameterReader<T> }>,
): Readonly<{ parameters: ReadParameters<R>; ofFamily: ReadonlyMap<string, T> }> {
  const problems = new ProblemList();
  const parameters: Record<string, unknown> = {};
  const ofFamily = new Map<string, T>();
  const unknown: string[] = [];
  for (const [name, values] of parametersIn(queryString)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader !== undefined) parameters[name] = attempt(reader, name, values, problems);
    else if (family !== undefined && name.startsWith(family.prefix)) {
      const value = attempt(family.read, name, values, problems);
      if (value !== undefined) ofFamily.set(name.slice(family.prefix.length), value);
    } else unknown.push(name);
  }
  const known = new Set([...Object.keys(readers), ...(family === undefined ? [] : [family.called])]);
  refuseUnknown(unknown, known, 'query', problems);
  problems.throwIfAny();
  return { parameters: parameters as ReadParameters<R>, ofFamily };
}

function attempt<T>(
  read: ParameterReader<T>,
  name: string,
  [text = '', ...more]: readonly string[],
  problems: ProblemList,
): T | undefined {
  try {
    if (more.length > 0) throw invalid(`${name} must be given once, not ${more.length + 1} times`, name);
    return read(text, name);
  } catch (error) {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    const [{ code = 'malformed' } = {}] = error.errors;
    problems.add(() => ({ field: name, parameter: name, message: error.message, code }));
    return undefined;
  }
}
