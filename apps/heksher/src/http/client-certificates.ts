import { hash, X509Certificate } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { badCredentials } from '../access/access-error.js';
import { type Gateways } from './gateways.js';

export type ClientCertificate = Readonly<{
  /** The URI that it names, or else the DNS name; undefined: none, or several URIs. */
  subject: string | undefined;
  /** SHA-256 of the whole certificate as tokens are bound to it (RFC 8705, 3.1), in base64url. */
  thumbprint: string;
  /** Somebody whom we trust has signed it. */
  isTrusted: boolean;
  /** On the clock. */
  expiresAtMs: number;
}>;

/** `null`: the connection has none. */
const CERTIFICATE = Symbol('certificate');

type Tracked = Socket & { [CERTIFICATE]?: ClientCertificate | null };

const MOST_CERTIFICATES = 1_000;

/** The certificates that clients prove to have: to us, or to a gateway that is trusted to say so (RFC 9440). */
export class ClientCertificates {
  private readonly known = new LRUCache<string, ClientCertificate>({ max: MOST_CERTIFICATES });

  /** @param fromGateways `Client-Cert` is read where a gateway sends it */
  constructor(
    private readonly gateways: Gateways,
    private readonly fromGateways: boolean,
  ) {}

  /** Throws AccessError where a gateway sends what is no certificate. */
  of(request: IncomingMessage): ClientCertificate | undefined {
    // The certificate of a gateway is not that of its client.
    if (!this.gateways.isFrom(request)) return shown(request.socket);
    const given = request.headers['client-cert'];
    return this.fromGateways && given !== undefined ? this.named(String(given)) : undefined;
  }

  private named(header: string): ClientCertificate {
    const known = this.known.get(header);
    if (known !== undefined) return known;
    const [, base64] = /^:([\w+/]+={0,2}):$/.exec(header) ?? [];
    const certificate = base64 === undefined ? undefined : parsed(Buffer.from(base64, 'base64'));
    if (certificate === undefined) throw badCredentials('Client-Cert must be one certificate, as RFC 9440 has it');
    const read = readCertificate(certificate, true);
    this.known.set(header, read);
    return read;
  }
}

function shown(socket: Tracked): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const tracked: Tracked = socket;
  if (tracked[CERTIFICATE] === undefined) {
    const certificate = socket.getPeerX509Certificate();
    tracked[CERTIFICATE] = certificate === undefined ? null : readCertificate(certificate, socket.authorized);
  }
  return tracked[CERTIFICATE] ?? undefined;
}

function parsed(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function readCertificate({ raw, subjectAltName, validTo }: X509Certificate, isTrusted: boolean): ClientCertificate {
  const subject = subjectOf(subjectAltName ?? '');
  return { subject, thumbprint: hash('sha256', raw, 'base64url'), isTrusted, expiresAtMs: Date.parse(validTo) };
}

/** What Node writes in quotes has characters that no such name has. */
const ALTERNATIVE_NAME = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;

/** The text is as Node writes it: `URI:spiffe://example.org/billing, DNS:billing.example.org`. The common name never counts. */
export function subjectOf(names: string): string | undefined {
  const found = { URI: [] as string[], DNS: [] as string[] };
  ALTERNATIVE_NAME.lastIndex = 0;
  while (ALTERNATIVE_NAME.lastIndex < names.length) {
    const [, kind, name = ''] = ALTERNATIVE_NAME.exec(names) ?? [];
    // What cannot be read to its end may name anybody.
    if (kind === undefined) return undefined;
    if ((kind === 'URI' || kind === 'DNS') && name.startsWith('"')) return undefined;
    if (kind === 'URI' || kind === 'DNS') found[kind].push(name);
  }
  if (found.URI.length > 1) return undefined;
  return found.URI[0] ?? found.DNS[0];
}
