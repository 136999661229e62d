/** What a public client keeps to itself until it gets its tokens (RFC 7636). */
export type Attempt = Readonly<{ state: string; verifier: string }>;

export function newAttempt(): Attempt {
  return { state: randomText(), verifier: randomText() };
}

/** S256. Rejects where the page is neither of https nor of this machine: browsers hash nothing there. */
export async function challengeOf(verifier: string): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (subtle === undefined) throw new Error('browsers sign in by OAuth on pages of https or of localhost only');
  return base64url(new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
