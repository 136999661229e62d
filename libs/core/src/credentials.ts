import { HeksherError, invalid } from './errors.js';

/**
 * What a client sends as the header `Authorization`, all of it: `Bearer hk_s_…`. A function is asked for each request, and again with
 * `isRefused` where the service has refused what it gave; it keeps a token for as long as that holds.
 */
export type Authorization = string | ((request: Readonly<{ isRefused: boolean }>) => string | PromiseLike<string>);

/** The value of a header, and how many times it had been renewed. */
export type GivenCredentials = Readonly<{ value: string | undefined; renewals: number }>;

const ACCEPTED = 'accepted: the whole value of the header, such as "Bearer hk_s_…"';

/** The value without white space around it, as a file may have it. Throws 'invalid', without showing anything of it. */
export function checkAuthorization(value: unknown): string {
  if (typeof value !== 'string') throw invalid(`"authorization" is ${typeof value}; ${ACCEPTED}`, 'authorization');
  const trimmed = value.trim();
  if (/^[\w!#$%&'*+.^`|~-]+ +[\x21-\x7e][\x20-\x7e]*$/.test(trimmed)) return trimmed;
  const why = /\s/.test(trimmed) ? 'is not one' : 'has no scheme such as "Bearer" before it, or is empty';
  throw invalid(`the value of "authorization" ${why}; ${ACCEPTED}`, 'authorization');
}

/** Gives credentials to requests; those at the same time share one question to the function that has them. */
export class Credentials {
  readonly #authorization: Authorization | undefined;
  #asking: Promise<GivenCredentials> | undefined;
  #renewed: Promise<GivenCredentials> | undefined;
  #renewals = 0;

  /** Throws 'invalid' for a text that is no value of the header. */
  constructor(authorization: Authorization | undefined) {
    const isText = authorization !== undefined && typeof authorization !== 'function';
    this.#authorization = isText ? checkAuthorization(authorization) : authorization;
  }

  /** Rejects with 'unavailable' where the function fails. */
  async get(): Promise<GivenCredentials> {
    const authorization = this.#authorization;
    if (typeof authorization !== 'function') return { value: authorization, renewals: 0 };
    return this.#asking ?? this.#ask(authorization, false);
  }

  /** Others than those that were refused; undefined where there are none. All that were refused together share them. */
  async renew(refused: GivenCredentials): Promise<GivenCredentials | undefined> {
    const authorization = this.#authorization;
    if (typeof authorization !== 'function') return undefined;
    if (refused.renewals === this.#renewals) {
      this.#renewals += 1;
      this.#renewed = this.#ask(authorization, true);
    }
    const renewed = await this.#renewed;
    return renewed?.value === refused.value ? undefined : renewed;
  }

  #ask(give: Exclude<Authorization, string>, isRefused: boolean): Promise<GivenCredentials> {
    const renewals = this.#renewals;
    const asking = askFor(give, isRefused).then((value) => ({ value, renewals }));
    this.#asking = asking;
    const end = (): void => {
      if (this.#asking === asking) this.#asking = undefined;
    };
    asking.then(end, end);
    return asking;
  }
}

async function askFor(give: Exclude<Authorization, string>, isRefused: boolean): Promise<string> {
  try {
    return checkAuthorization(await give({ isRefused }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HeksherError('unavailable', `the function "authorization" failed: ${why}`, { cause });
  }
}

/** The text without the credentials, which an answer may repeat. */
export function withoutCredentials(text: string, value: string | undefined): string {
  if (value === undefined) return text;
  const secret = value.slice(value.indexOf(' ') + 1).trim();
  return text.replaceAll(secret, '…');
}

/** What a refusal says by `WWW-Authenticate` (RFC 6750, 3): the scope that is missing. */
export function missingScope(header: string | null): string | undefined {
  if (header === null || !/error="?insufficient_scope"?/i.test(header)) return undefined;
  return /\bscope="([\x20\x21\x23-\x5b\x5d-\x7e]+)"/i.exec(header)?.[1];
}

/** What to do about an answer of 401 or 403; undefined of any other, or where it is not about credentials. */
export function adviceOn(
  { status, challenge }: Readonly<{ status: number; challenge: string | null }>,
  wasGiven: boolean,
): string | undefined {
  if (status === 401) {
    if (wasGiven) return 'the credentials do not hold: give a key or a token that does as "authorization"';
    return 'it wants credentials: give a key or a token as "authorization", such as "Bearer hk_s_…"';
  }
  const scope = status === 403 ? missingScope(challenge) : undefined;
  return scope && `the credentials lack the scope ${scope}: ask for a key or a token that has it`;
}
