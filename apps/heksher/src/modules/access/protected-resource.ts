import { METADATA_PATH } from '../../http/areas.js';
import { type JwtOptions } from './jwt-tokens.js';

/** What clients can find out about access (RFC 9728). A class, so that it can be injected. */
export class ProtectedResource {
  /** @param isBound tokens that are bound to certificates are taken from those alone who have them */
  constructor(
    private readonly options: Pick<JwtOptions, 'issuers' | 'audience'> | undefined,
    private readonly isBound = false,
  ) {}

  /** Undefined: no tokens are taken. */
  get metadata() {
    const { options } = this;
    if (options === undefined) return undefined;
    return {
      resource: options.audience,
      authorization_servers: options.issuers.map(({ issuer }) => issuer),
      ...(this.isBound && { tls_client_certificate_bound_access_tokens: true }),
    };
  }

  /**
   * Where clients find it; undefined where that cannot be said, since our identifier is no address or has another path.
   * @param prefix what the paths of this service begin with for the client
   */
  metadataUrl(prefix: string): string | undefined {
    const audience = this.options?.audience;
    if (audience === undefined || !URL.canParse(audience)) return undefined;
    const { origin, pathname, protocol } = new URL(audience);
    if (!/^https?:$/.test(protocol) || pathname.replace(/\/$/, '') !== prefix) return undefined;
    return origin + prefix + METADATA_PATH;
  }
}
