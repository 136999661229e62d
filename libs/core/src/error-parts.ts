/** A member of any value; undefined if absent. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return name in value ? Reflect.get(value, name) : undefined;
}

/** The code of an error of Node or of the database: `ECONNREFUSED`, `23505`. */
export function errorCode(error: unknown): string | undefined {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** The message of an error, also of one made in another realm, where `instanceof Error` is false. */
export function errorMessage(error: unknown): string {
  const isError = error instanceof Error || Object.prototype.toString.call(error) === '[object Error]';
  return isError ? String(member(error, 'message')) : String(error);
}
