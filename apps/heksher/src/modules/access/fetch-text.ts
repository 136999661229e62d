/** How long an issuer may take to answer. */
export const TIMEOUT_MS = 5_000;

const MOST_BYTES = 262_144;

/**
 * What an issuer answers, as text. Rejects where that takes too long, is too long, or has another status than 200; redirections are not
 * followed, since they could lead anywhere.
 */
export async function fetchText(
  url: string,
  request: Pick<RequestInit, 'method' | 'body' | 'headers'> = {},
): Promise<string> {
  const response = await fetch(url, {
    ...request,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { Accept: 'application/json', ...request.headers },
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (response.status !== 200) throw new Error(`the status is ${response.status}`);
  return Buffer.concat(chunks).toString();
}
