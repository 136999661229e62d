import { OPEN_CHANNEL } from './channel.js';
import { type Grant, type Permissions, permissionsOf } from './grants.js';

/** Who asks, however that was proved, and what it may do. */
export type Principal = Readonly<{
  /** As the change log names it as the actor. */
  subject: string;
  /** `public`: everybody who has a page; `anyone`: nobody was authenticated. */
  kind: 'user' | 'machine' | 'public' | 'anyone';
  permissions: Permissions;
  /** On the clock; Infinity: never. */
  expiresAtMs: number;
  /** By which it follows changes of flags without sending credentials; undefined: not at all. */
  channel: string | undefined;
  proof: Proof;
  /** Of a public key: where it may be used, and how often from each address. */
  page?: PageUse | undefined;
  /** The hash of the certificate that whoever sends it must have (RFC 8705), in base64url; undefined: anybody may. */
  boundTo?: string | undefined;
  /** The credentials that were stored when it was proved. Others may say otherwise of the same proof. */
  credentials: object;
}> &
  Held;

/** What is known of the context of whoever asks: it overrules whatever evaluations are asked with. */
export type Held = Readonly<{
  /** Values of context features that are stored with the credentials. */
  pinned: ReadonlyMap<string, string>;
  /** Those that a token says; what is pinned goes before. */
  claimed: ReadonlyMap<string, string>;
  /** Features that are taken from these alone, and never from what is asked. */
  provenOnly: ReadonlySet<string>;
}>;

/** `allows` says whether pages of an origin may use it. */
export type PageUse = Readonly<{
  allows: (origin: string) => boolean;
  rate: Readonly<{ requests: number; windowS: number }>;
}>;

/** `use` is noted at each use of a key. */
export type Proof =
  | Readonly<{ kind: 'key'; selector: string; use: { atMs: number } }>
  | Readonly<{ kind: 'token'; token: ProvenToken }>
  | Readonly<{ kind: 'named'; named: NamedSubject }>
  | Readonly<{ kind: 'none' }>;

/** Whose subject it is: one name may be somebody else's elsewhere. */
export function ownerOf({ proof }: Principal): string {
  if (proof.kind === 'token') return proof.token.issuer;
  return proof.kind === 'named' ? proof.named.by : proof.kind;
}

/** Somebody whom a trusted gateway, or the certificate of a client, names with each request. */
export type NamedSubject = Readonly<{
  by: 'gateway' | 'certificate';
  subject: string;
  /** What its scopes ask for here; none of ours: empty. */
  scopes: readonly Grant[];
  /** What it may do where nothing is stored of it. */
  unstored: Permissions;
  expiresAtMs: number;
}>;

/** What an access token proves by itself, whatever is stored of who sent it. */
export type ProvenToken = Readonly<{
  issuer: string;
  subject: string;
  /** The client that it was issued to; undefined: that is not said. */
  client: string | undefined;
  /** A machine asks for itself, as its client; a user is somebody else than the client. */
  kind: 'user' | 'machine';
  /** As the change log names it as the actor. */
  actor: string;
  roles: readonly string[];
  /** What its scopes ask for here; none of ours: empty. */
  scopes: readonly Grant[];
  claimed: ReadonlyMap<string, string>;
  expiresAtMs: number;
  /** The hash of the certificate that whoever sends it must have; undefined: anybody may. */
  boundTo: string | undefined;
  /** By what it was verified. Where that has become another object, it must be verified anew. */
  by: object;
  /** Until when that may be relied on, on the clock. */
  goodUntilMs: number;
}>;

/** Nobody, who may do what everybody may. */
export function anonymous(
  actions: readonly ('read' | 'evaluate')[],
  provenOnly: ReadonlySet<string>,
  credentials: object,
): Principal {
  return {
    subject: 'anonymous',
    kind: 'anyone',
    permissions: permissionsOf(actions.map((action) => ({ action, pattern: '*' }))),
    pinned: new Map(),
    claimed: new Map(),
    provenOnly,
    expiresAtMs: Infinity,
    channel: OPEN_CHANNEL,
    proof: { kind: 'none' },
    credentials,
  };
}

/** What tells apart the answers to different principals: empty for those who may do this with all settings. */
export function visibilityOf(principal: Principal | undefined, action: 'read' | 'evaluate'): string {
  if (principal === undefined) return '';
  const { key } = principal.permissions[action];
  return key === '*' ? '' : `${key}\n`;
}
