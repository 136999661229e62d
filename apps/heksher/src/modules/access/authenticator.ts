import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { badCredentials, invalidToken, noCredentials } from '../../access/access-error.js';
import { EVENTS_PATH, selectorOfChannel } from '../../access/channel.js';
import { type Principal } from '../../access/principal.js';
import { type PageOrigins } from '../../http/page-origins.js';
import { type CredentialsInMemory, revoked } from './credentials.js';
import { AuthCounts } from './auth-counts.js';
import { type CertificateIdentity } from './certificate-identity.js';
import { type GatewayIdentity } from './gateway-identity.js';
import { type TokenVerifiers } from './token-verifiers.js';

/** The headers that have credentials; one of them at most. */
type Given = Readonly<{ authorization: string | undefined; key: unknown }>;

/** Who sent the requests of a connection before, by the headers that said so. */
type Remembered = Given & Readonly<{ principal: Principal }>;

const REMEMBERED = Symbol('principal');

type Tracked = Socket & { [REMEMBERED]?: Remembered };

/** Finds out who sends a request. */
export class Authenticator {
  /** Resolves when the credentials in memory are at least as new as this call. */
  freshen: () => Promise<unknown> = () => Promise.resolve();

  readonly counts = new AuthCounts();

  /** The origins of the pages that have public keys. */
  readonly pages: PageOrigins = {
    allows: (origin) => this.credentials.hasPagesOf(origin),
    freshen: () => this.freshen(),
  };

  /**
   * @param identity undefined: no gateway says who asks
   * @param certified undefined: certificates prove nothing
   */
  constructor(
    private readonly credentials: CredentialsInMemory,
    private readonly tokens: TokenVerifiers,
    private readonly identity?: GatewayIdentity,
    private readonly certified?: CertificateIdentity,
  ) {}

  /**
   * A promise where the credentials must be looked for. It is found out later, with the answer, whether they still hold: see `Companion.prove`.
   * Throws AccessError, as the promise does.
   */
  authenticate(request: IncomingMessage): Principal | Promise<Principal> {
    try {
      const found = this.find(request);
      if (!(found instanceof Promise)) return this.accepted(found);
      return found.then(
        (principal) => this.accepted(principal),
        (error: unknown) => this.refuse(request, error),
      );
    } catch (error) {
      return this.refuse(request, error);
    }
  }

  private accepted(principal: Principal): Principal {
    this.counts.accepted(principal.proof);
    return principal;
  }

  private refuse({ headers }: IncomingMessage, error: unknown): never {
    const { authorization, 'x-api-key': key } = headers;
    const isKey = key !== undefined || authorization?.includes(' hk_') === true;
    this.counts.refused(isKey ? 'key' : authorization === undefined ? 'none' : 'token', error);
    throw error;
  }

  private find(request: IncomingMessage): Principal | Promise<Principal> {
    const named = this.identity?.find(request);
    if (named !== undefined) return this.credentials.ofNamed(named);
    const { authorization, 'x-api-key': key } = request.headers;
    if (authorization === undefined && key === undefined)
      return this.ofChannel(request) ?? this.ofCertificate(request) ?? this.anyone();
    if (countCredentials(request.rawHeaders) > 1) throw badCredentials('give credentials once, by one header');
    const found = this.byHeaders(authorization, key, request.socket);
    if (found instanceof Promise) return found.then((principal) => this.bound(principal, request));
    return this.bound(found, request);
  }

  private ofCertificate(request: IncomingMessage): Principal | undefined {
    const named = this.certified?.find(request);
    return named && this.credentials.ofNamed(named);
  }

  /** Throws AccessError where somebody else than whom it was made for has it. */
  private bound(principal: Principal, request: IncomingMessage): Principal {
    const { boundTo } = principal;
    if (boundTo === undefined || this.certified?.thumbprintOf(request) === boundTo) return principal;
    throw invalidToken('the token is bound to a certificate that this client has not shown');
  }

  /** To compare a text with the one before takes less than to read it. */
  private byHeaders(authorization: string | undefined, key: unknown, socket: Tracked): Principal | Promise<Principal> {
    const before = socket[REMEMBERED];
    const isSame = before?.authorization === authorization && before?.key === key;
    if (before !== undefined && isSame && this.isCurrent(before.principal)) {
      this.counts.tiers.connection += 1;
      return noted(this.credentials.prove(before.principal));
    }
    const given = { authorization, key };
    const found = this.byCredential(credentialOf(given));
    const remembered = (principal: Principal): Principal => {
      socket[REMEMBERED] = { ...given, principal };
      return noted(principal);
    };
    return found instanceof Promise ? found.then(remembered) : remembered(found);
  }

  private byCredential(given: string): Principal | Promise<Principal> {
    if (!given.startsWith('hk_')) return this.ofToken(given);
    const found = this.credentials.find(given);
    this.counts.tiers[found === undefined ? 'database' : 'memory'] += 1;
    return found ?? this.freshen().then(() => this.findNow(given));
  }

  /** Who that is by credentials at least as new as this call. A key is granted the same for good, and others what is stored now. */
  async again(principal: Principal): Promise<Principal> {
    const { kind } = principal.proof;
    if (kind === 'token' || kind === 'named') await this.freshen();
    return this.credentials.prove(principal);
  }

  /** An `EventSource` sends no credentials: its address has to do, which is good for nothing else. */
  private ofChannel({ method, url = '' }: IncomingMessage): Principal | Promise<Principal> | undefined {
    if (!url.startsWith(EVENTS_PATH) || (method !== 'GET' && method !== 'HEAD')) return undefined;
    const [channel = ''] = url.slice(EVENTS_PATH.length).split('?');
    if (selectorOfChannel(channel) === undefined) return undefined;
    const principal = this.credentials.ofChannel(channel);
    if (principal !== undefined) return principal;
    return this.freshen().then(() => {
      const found = this.credentials.ofChannel(channel);
      if (found === undefined) throw revoked();
      return found;
    });
  }

  private isCurrent({ proof, credentials }: Principal): boolean {
    if (proof.kind === 'token') return this.tokens.isGood(proof.token);
    return credentials === this.credentials.state;
  }

  private ofToken(given: string): Principal | Promise<Principal> {
    const proven = this.tokens.find(given);
    if (proven instanceof Promise) return proven.then((token) => this.credentials.ofToken(token));
    return this.credentials.ofToken(proven);
  }

  private findNow(given: string): Principal {
    const principal = this.credentials.find(given);
    if (principal === undefined) throw revoked();
    return principal;
  }

  private anyone(): Principal {
    const anyone = this.credentials.anyone();
    if (anyone.permissions.evaluate.key === '') throw noCredentials();
    return anyone;
  }
}

function noted(principal: Principal): Principal {
  if (principal.proof.kind === 'key') principal.proof.use.atMs = Date.now();
  return principal;
}

const BEARER = /^Bearer +([\w~+/.-]+=*) *$/i;

/** The one credential of a request; never one from its query string or body (RFC 9700). */
function credentialOf({ authorization, key }: Given): string {
  if (authorization === undefined) {
    if (typeof key !== 'string' || key === '') throw badCredentials('X-API-Key must be a key');
    if (key.startsWith('hk_')) return key;
    throw invalidToken('X-API-Key takes keys of this service; a token is given by Authorization: Bearer');
  }
  // Of a scheme that is not ours, it says nothing about who this is.
  if (!/^Bearer\b/i.test(authorization)) throw noCredentials();
  const [, token] = BEARER.exec(authorization) ?? [];
  if (token === undefined) throw badCredentials('Authorization must be "Bearer", a space, and a token or a key');
  return token;
}

/** Node keeps the first of several `Authorization`, where a gateway may have looked at the last. */
function countCredentials(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isOfCredentials(rawHeaders[index] ?? '')) count += 1;
  }
  return count;
}

/** As nearly all write it, which takes less to compare than to bring to one case; or otherwise. */
function isOfCredentials(name: string): boolean {
  if (name.length !== 13 && name.length !== 9) return false;
  if (name === 'Authorization' || name === 'authorization') return true;
  const lower = name.toLowerCase();
  return lower === 'authorization' || lower === 'x-api-key';
}
