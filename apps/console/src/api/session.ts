/** How requests say who asks. Signing in (src/auth) replaces it. */
export type Session = Readonly<{
  /** The value of the header `Authorization`, asked for before each request; undefined: none is sent. */
  authorization(): Promise<string | undefined>;
  /**
   * Called where the service does not know who asked (401). Resolves true when there are other credentials: the request, which changed nothing, is
   * sent again; false: the error is shown.
   */
  refused(): Promise<boolean>;
}>;

let session: Session = { authorization: () => Promise.resolve(undefined), refused: () => Promise.resolve(false) };

export function useThisSession(other: Session): void {
  session = other;
}

export function currentSession(): Session {
  return session;
}
