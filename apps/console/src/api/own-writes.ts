/** So many writes of this page are told apart from those of others; a page makes few. */
const MOST = 200;

const own = new Set<string>();
let first: string | undefined;

export function noteOwnWrite(requestId: string): void {
  own.add(requestId);
  for (const oldest of own) if (own.size > MOST) own.delete(oldest);
}

/** Whether a transaction of the change log was made by this page. */
export function isOwnWrite(requestId: string | null): boolean {
  return requestId !== null && own.has(requestId);
}

export function noteRevision(revision: string | undefined): void {
  first ??= revision;
}

/** The oldest state that anything on this page may be of: to follow changes from. */
export function firstRevision(): string | undefined {
  return first;
}
