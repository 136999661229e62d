const MAX_DEPTH = 16;
const UNREADABLE = '[unreadable]';

/**
 * A copy of anything, as far as JSON can hold it. Never throws: a cycle, a getter that throws and what is nested past
 * 16 levels become a word in brackets, a BigInt its digits, an Error `{ name, message, stack, code, cause, errors }`.
 */
export function toPlainValue(value: unknown): unknown {
  return attempt(() => convert(value, []));
}

function convert(value: unknown, ancestors: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.includes(value)) return '[circular]';
  if (ancestors.length >= MAX_DEPTH) return '[too deep]';
  return convertObject(value, [...ancestors, value]);
}

function convertObject(value: object, path: readonly object[]): unknown {
  if (value instanceof Error) return convertError(value, path);
  if (hasOwnJson(value)) return convert(value.toJSON(), path);
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => attempt(() => convert(item, path)));
  const entries = Object.keys(value).map((key) => [key, attempt(() => convert(Reflect.get(value, key), path))]);
  return Object.fromEntries(entries);
}

/** Nothing else of an error is taken: drivers hang queries, their parameters and whole connections on theirs. */
function convertError(error: Error, path: readonly object[]): unknown {
  const names = ['name', 'message', 'stack', 'code', 'cause', 'errors'].filter((name) => name in error);
  return Object.fromEntries(names.map((name) => [name, attempt(() => convert(Reflect.get(error, name), path))]));
}

function hasOwnJson(value: object): value is { toJSON: () => unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return UNREADABLE;
  }
}
