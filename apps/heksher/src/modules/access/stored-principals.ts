import { LRUCache } from 'lru-cache';
import {
  formatGrant,
  type Grant,
  intersectionOf,
  parseGrant,
  type Permissions,
  permissionsOf,
  unionOf,
} from '../../access/grants.js';
import { type NamedSubject, type Principal, type ProvenToken } from '../../access/principal.js';
import { type PrincipalRow } from './principals.store.js';

/** How tokens are looked at. */
export type TokenOptions = Readonly<{
  /** What a token may do of which nothing is stored: what its scopes say, or nothing. */
  unstored: 'scopes' | 'nothing';
  /** Context features that are taken from proof alone. */
  provenOnly: ReadonlySet<string>;
}>;

/** Equal keys: the same permissions. */
type Bound = Readonly<{ key: string; permissions: Permissions }>;

type Stored = Bound & Readonly<{ pinned: ReadonlyMap<string, string> }>;

/** So many roles of a token count, those that it names first. */
const MOST_ROLES = 100;

/** Of tokens with the same scopes of whom the same is stored, the permissions are made once: they take some kilobytes. */
const MOST_SHARED = 1_000;

const NOTHING_PINNED: ReadonlyMap<string, string> = new Map();
const NOTHING = permissionsOf([]);
const EVALUATE = { key: 'evaluate', permissions: permissionsOf([{ action: 'evaluate', pattern: '*' }]) };

/** What is stored of those who come with tokens: the rules by which a token becomes a principal. */
export class StoredPrincipals {
  private readonly known = new Map<string, Stored>();
  private readonly resolved = new WeakMap<ProvenToken | NamedSubject, Principal>();
  private readonly shared = new LRUCache<string, Permissions>({ max: MOST_SHARED });

  constructor(
    rows: readonly PrincipalRow[],
    private readonly options: TokenOptions,
  ) {
    for (const { kind, issuer, name, grants, pinned } of rows) {
      const permissions = permissionsOf(grants.map(parseGrant));
      const key = keyOf(kind, issuer, name);
      this.known.set(key, { key, permissions, pinned: new Map(Object.entries(pinned)) });
    }
  }

  /** Who sent a token, and what they may do. */
  principalOf(token: ProvenToken, credentials: object): Principal {
    const known = this.resolved.get(token);
    if (known !== undefined) return known;
    const stored = this.find(token);
    const { actor, kind, claimed, expiresAtMs, boundTo } = token;
    const principal: Principal = {
      subject: actor,
      kind,
      permissions: this.permissionsOf(token, stored),
      pinned: stored?.pinned ?? NOTHING_PINNED,
      claimed,
      provenOnly: this.options.provenOnly,
      expiresAtMs,
      boundTo,
      // Replicas share no secret by which a channel could be made.
      channel: undefined,
      proof: { kind: 'token', token },
      credentials,
    };
    this.resolved.set(token, principal);
    return principal;
  }

  /** Whom a gateway or a certificate names, and what they may do: its name stands where an issuer does. */
  principalNamed(named: NamedSubject, credentials: object): Principal {
    const known = this.resolved.get(named);
    if (known !== undefined) return known;
    const { by, subject, scopes, unstored, expiresAtMs } = named;
    const stored = this.known.get(keyOf('subject', by, subject));
    const principal: Principal = {
      subject,
      kind: 'machine',
      permissions: stored === undefined ? unstored : this.narrowed(stored, scopes),
      pinned: stored?.pinned ?? NOTHING_PINNED,
      claimed: NOTHING_PINNED,
      provenOnly: this.options.provenOnly,
      expiresAtMs,
      channel: undefined,
      proof: { kind: 'named', named },
      credentials,
    };
    this.resolved.set(named, principal);
    return principal;
  }

  /** The subject or client where that is stored, and nothing else then; or else all of its roles that are. */
  private find({ issuer, subject, client, kind, roles }: ProvenToken): Stored | undefined {
    const self =
      this.known.get(keyOf('subject', issuer, subject)) ??
      // What a program may do by itself is not what everybody may do who uses it.
      (kind === 'machine' && client !== undefined ? this.known.get(keyOf('client', issuer, client)) : undefined);
    if (self !== undefined) return self;
    const ofRoles = [...new Set(roles)].flatMap((role) => this.known.get(keyOf('role', issuer, role)) ?? []);
    if (ofRoles.length === 0) return undefined;
    const counting = ofRoles.slice(0, MOST_ROLES);
    const key = counting.map((one) => one.key).join();
    const permissions = this.share(key, () => unionOf(counting.map((one) => one.permissions)));
    return { key, permissions, pinned: NOTHING_PINNED };
  }

  /** Scopes never widen what is stored; they narrow it where the token has any of ours. */
  private permissionsOf({ scopes, claimed }: ProvenToken, stored: Stored | undefined): Permissions {
    if (stored !== undefined) return this.narrowed(stored, scopes);
    if (this.options.unstored === 'nothing') return NOTHING;
    // Whoever is held to a tenant must not read the rules of others, unless it is stored that they may.
    const isTenant = [...claimed.keys()].some((feature) => this.options.provenOnly.has(feature));
    if (isTenant) return this.intersection(EVALUATE, scopes);
    return this.share(` ${textOf(scopes)}`, () => permissionsOf(scopes));
  }

  /** Without scopes of ours all that is stored holds. */
  private narrowed(stored: Stored, scopes: readonly Grant[]): Permissions {
    return scopes.length === 0 ? stored.permissions : this.intersection(stored, scopes);
  }

  private intersection({ key, permissions }: Bound, scopes: readonly Grant[]): Permissions {
    return this.share(`${key} ${textOf(scopes)}`, () => intersectionOf(permissions, permissionsOf(scopes)));
  }

  private share(key: string, make: () => Permissions): Permissions {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.shared.set(key, made);
    return made;
  }
}

function textOf(scopes: readonly Grant[]): string {
  return scopes.map(formatGrant).join(' ');
}

function keyOf(kind: PrincipalRow['kind'], issuer: string, name: string): string {
  return JSON.stringify([kind, issuer, name]);
}
