import { type Revision } from '@heksher/ruleset';
import { invalidToken } from '../../access/access-error.js';
import { channelOf, isSameChannel, selectorOfChannel } from '../../access/channel.js';
import { parseGrant, permissionsOf } from '../../access/grants.js';
import { anonymous, type NamedSubject, type Principal, type Proof, type ProvenToken } from '../../access/principal.js';
import { allowsOrigin, type CorsOrigins } from '../../http/cors.js';
import { type Companion } from '../ruleset/companion.js';
import { type SnapshotReader } from '../ruleset/loading.js';
import { haveChanged, type KeyRow, loadKeys } from './access.store.js';
import { isKeyOf, selectorOf } from './api-key.js';
import { loadPrincipals } from './principals.store.js';
import { originsOf, pageUseOf } from './public-keys.js';
import { StoredPrincipals, type TokenOptions } from './stored-principals.js';

type Known = Readonly<{ principal: Principal; verifier: Buffer }>;

/** The keys, and what is stored of those who come with tokens, of one moment. */
type Credentials = Readonly<{
  /** What principals name these by: connections remember them for long, and are not to keep all keys of then with theirs. */
  mark: object;
  keys: ReadonlyMap<string, Known>;
  /** Of the pages that have public keys. */
  origins: CorsOrigins;
  principals: StoredPrincipals;
}>;

/**
 * The keys that hold, and what is stored of those who come with tokens, in memory: to know one takes no question to the database, and to be sure that it still holds takes
 * the check that the answer waits for anyway.
 */
export class CredentialsInMemory implements Companion {
  private now: Credentials;
  /** By selector; 0: not that we know. */
  private readonly uses = new Map<string, { atMs: number }>();
  private notedAtMs = 0;

  /** @param openActions what everybody may do */
  constructor(
    private readonly openActions: readonly ('read' | 'evaluate')[],
    private readonly options: TokenOptions,
  ) {
    this.now = { mark: {}, keys: new Map(), origins: originsOf([]), principals: new StoredPrincipals([], options) };
  }

  /** Changes whenever a principal may be another, or none. */
  get state(): object {
    return this.now.mark;
  }

  /** Whether there is a public key for pages of this origin. */
  hasPagesOf(origin: string): boolean {
    return allowsOrigin(this.now.origins, origin);
  }

  async load({ connection, loadTimeoutMs }: Pick<SnapshotReader, 'connection' | 'loadTimeoutMs'>): Promise<void> {
    const rows = await loadKeys(connection, loadTimeoutMs);
    const principals = await loadPrincipals(connection, loadTimeoutMs);
    const keys = new Map<string, Known>();
    const stored = new StoredPrincipals(principals, this.options);
    const mark = {};
    for (const row of rows) {
      const principal = { ...this.principalOf(row), credentials: mark };
      keys.set(row.selector, { principal, verifier: row.verifier });
    }
    this.now = { mark, keys, origins: originsOf(rows), principals: stored };
  }

  async follow(reader: SnapshotReader, since: Revision): Promise<void> {
    if (await haveChanged(reader.connection, since, reader.loadTimeoutMs)) await this.load(reader);
  }

  prove(principal: Principal): Principal {
    const { proof, credentials } = principal;
    if (credentials === this.now.mark) return inTime(principal);
    // What a token, a gateway or a certificate says was verified when the request came; what is stored may say otherwise now.
    if (proof.kind === 'token') return this.ofToken(proof.token);
    if (proof.kind === 'named') return this.ofNamed(proof.named);
    if (proof.kind !== 'key') return this.anyone();
    const known = this.now.keys.get(proof.selector);
    if (known === undefined) throw revoked();
    return inTime(known.principal);
  }

  /**
   * Who has this key; undefined where it is not known here, so that it is revoked, made up, or newer than what is in memory.
   * Throws `unauthenticated` for what is no key at all.
   */
  find(text: string): Principal | undefined {
    const selector = selectorOf(text);
    if (selector === undefined) throw invalidToken('this is no key: it is misspelled, or not all of it is there');
    const known = this.now.keys.get(selector);
    return known !== undefined && isKeyOf(known.verifier, text) ? inTime(known.principal) : undefined;
  }

  /** Who has sent a token that was verified. */
  ofToken(token: ProvenToken): Principal {
    return inTime(this.now.principals.principalOf(token, this.now.mark));
  }

  /** Who is named by a gateway, or by a certificate that holds. */
  ofNamed(named: NamedSubject): Principal {
    return inTime(this.now.principals.principalNamed(named, this.now.mark));
  }

  /** Whose channel of events this is; undefined: nobody's, or of a key that is not in memory. */
  ofChannel(channel: string): Principal | undefined {
    const known = this.now.keys.get(selectorOfChannel(channel) ?? '')?.principal;
    return known?.channel !== undefined && isSameChannel(known.channel, channel) ? inTime(known) : undefined;
  }

  anyone(): Principal {
    return anonymous(this.openActions, this.options.provenOnly, this.now.mark);
  }

  /** When keys were used, of those that were used since this was asked last. Those that are revoked are told of once more at most. */
  takeUses(): ReadonlyMap<string, number> {
    const since = this.notedAtMs;
    this.notedAtMs = Date.now();
    const used = [...this.uses].filter(([, { atMs }]) => atMs > 0 && atMs >= since);
    for (const selector of this.uses.keys()) if (!this.now.keys.has(selector)) this.uses.delete(selector);
    return new Map(used.map(([selector, { atMs }]) => [selector, atMs]));
  }

  private principalOf(row: KeyRow): Omit<Principal, 'credentials'> {
    const { selector, verifier, subject, kind, grants, pinned, expiresAt } = row;
    const use = this.uses.get(selector) ?? { atMs: 0 };
    this.uses.set(selector, use);
    const proof: Proof = { kind: 'key', selector, use };
    return {
      subject,
      kind,
      permissions: permissionsOf(grants.map(parseGrant)),
      pinned: new Map(Object.entries(pinned)),
      claimed: new Map(),
      provenOnly: this.options.provenOnly,
      expiresAtMs: expiresAt === null ? Infinity : expiresAt.getTime(),
      channel: channelOf(selector, verifier),
      proof,
      page: pageUseOf(row),
    };
  }
}

export function revoked(): Error {
  return invalidToken('the key is not known, or was revoked');
}

function inTime(principal: Principal): Principal {
  const { expiresAtMs } = principal;
  if (expiresAtMs === Infinity || Date.now() < expiresAtMs) return principal;
  throw invalidToken('the credentials have expired');
}
