import { type IncomingMessage } from 'node:http';
import { invalidToken } from '../../access/access-error.js';
import { type Permissions } from '../../access/grants.js';
import { type NamedSubject } from '../../access/principal.js';
import { type ClientCertificate, type ClientCertificates } from '../../http/client-certificates.js';

/** Who is known by a certificate, where no other credentials are given. */
export class CertificateIdentity {
  private readonly known = new WeakMap<ClientCertificate, NamedSubject>();

  /** @param permissions what everybody is granted who is known so, unless something is stored of them */
  constructor(
    private readonly certificates: ClientCertificates,
    private readonly permissions: Permissions,
  ) {}

  thumbprintOf(request: IncomingMessage): string | undefined {
    return this.certificates.of(request)?.thumbprint;
  }

  /** Undefined where no certificate is shown. Throws AccessError for one that proves nothing. */
  find(request: IncomingMessage): NamedSubject | undefined {
    const certificate = this.certificates.of(request);
    if (certificate === undefined) return undefined;
    const known = this.known.get(certificate);
    if (known !== undefined) return known;
    const { isTrusted, subject, expiresAtMs } = certificate;
    if (!isTrusted)
      throw invalidToken('the certificate of the client is not signed by whom it must be here, or has expired');
    if (subject === undefined)
      throw invalidToken('the certificate names nobody: it needs one URI, or a DNS name, as its alternative name');
    const named: NamedSubject = { by: 'certificate', subject, scopes: [], unstored: this.permissions, expiresAtMs };
    this.known.set(certificate, named);
    return named;
  }
}
