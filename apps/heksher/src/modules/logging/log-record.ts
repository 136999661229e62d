import { type LogLevel } from './levels.js';
import { toPlainValue } from './plain-value.js';

/** One line as both outputs get it: plain JSON data, in the order in which it is printed. */
export type LogRecord = { timestamp: string; level: LogLevel; logger: string; message: string } & Record<
  string,
  unknown
>;

const LINE_FIELDS: ReadonlySet<string> = new Set(['timestamp', 'level', 'logger', 'message']);

/** A copy as of now: what happens to `fields` afterwards does not change the line. */
export function logRecord(level: LogLevel, logger: string, message: string, fields: object): LogRecord {
  const plain = toPlainValue(fields);
  const own = isFields(plain) ? yieldNames(plain, LINE_FIELDS) : { fields: plain };
  return { timestamp: new Date().toISOString(), level, logger, message, ...own };
}

/** The same fields, where one whose name is taken is called `name_` instead, so that nothing is lost. */
export function yieldNames(
  fields: Readonly<Record<string, unknown>>,
  taken: ReadonlySet<string>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [taken.has(name) ? `${name}_` : name, value]),
  );
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
