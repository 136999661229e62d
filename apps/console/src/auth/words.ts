export function hostOf(url: string | undefined): string {
  return url === undefined ? 'the issuer' : new URL(url).host;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
