/** Whether the whole console shows the past: `asof` in the address, a time (RFC 3339) or a revision. */
let asOf: string | undefined;

/** The shell sets it from the address before anything is read. */
export function showAsOf(when: string | undefined): void {
  asOf = when;
}

export function shownAsOf(): string | undefined {
  return asOf;
}
