import { guardedRequest, type WayOut } from './guarded-request.js';

/**
 * Asks an endpoint whether it wants events of this service, as CloudEvents' abuse protection has it (HTTP 1.1 Web Hooks for Event Delivery,
 * chapter 4).
 * @param origin the host of this service
 * @returns why nothing may be sent; undefined: it may
 */
export async function refusalBy(
  out: WayOut,
  url: URL,
  {
    origin,
    headers,
    signal,
  }: Readonly<{ origin: string; headers: Readonly<Record<string, string>>; signal: AbortSignal }>,
): Promise<string | undefined> {
  const asking = { ...headers, 'webhook-request-origin': origin };
  const { status, headers: answered } = await guardedRequest(out, url, { method: 'OPTIONS', headers: asking, signal });
  if (status < 200 || status >= 300) return `the endpoint was asked by OPTIONS, and answered ${status}`;
  const allowed = String(answered['webhook-allowed-origin'] ?? '');
  if (allowed === '*' || allowed.toLowerCase() === origin) return undefined;
  const said = allowed === '' ? 'is not there' : `is ${JSON.stringify(allowed.slice(0, 100))}`;
  return `the endpoint was asked by OPTIONS, and does not allow ${origin}: WebHook-Allowed-Origin ${said}`;
}
