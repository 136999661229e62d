import { permissionsOf } from './access/grants.js';
import { type Config } from './config.js';
import { ClientCertificates } from './http/client-certificates.js';
import { Cors } from './http/cors.js';
import { Entrance, type Step } from './http/entrance.js';
import { type Gateways } from './http/gateways.js';
import { rightlySpelled } from './http/misspelled.js';
import { pageOrigins } from './http/page-origins.js';
import { rateLimited } from './http/rate-limits.js';
import { type SharedBuckets } from './http/shared-buckets.js';
import * as steps from './http/steps.js';
import { TokenBuckets } from './http/token-buckets.js';
import { type Authenticator } from './modules/access/authenticator.js';
import { CertificateIdentity } from './modules/access/certificate-identity.js';
import { type GatewayIdentity } from './modules/access/gateway-identity.js';

/** By what it is found out who asks, and how often; undefined: not so. */
export type Asking = Readonly<{
  identity: GatewayIdentity | undefined;
  authenticator: Authenticator | undefined;
  shared: SharedBuckets | undefined;
}>;

/**
 * What every request goes through, in this order; who asks comes nearly last.
 * @param last for what was admitted
 */
export function entranceOf(config: Config, gateways: Gateways, asking: Asking, last: Step): Entrance {
  const { authenticator } = asking;
  const { corsOrigins, corsHeaders, docOnly, bodyLimits } = config;
  const { basePath } = config.gateways;
  const cors = corsOrigins && new Cors(corsOrigins, corsHeaders);
  const list = [
    ...(gateways.areRequired ? [steps.fromGateways(gateways)] : []),
    ...(basePath === '' ? [] : [steps.below(basePath)]),
    steps.allHeadersKept,
    steps.hostGiven,
    steps.expectationKnown,
    ...(cors === undefined ? [] : [steps.crossOrigin(cors)]),
    ...(authenticator === undefined ? [] : [pageOrigins(authenticator.pages, cors, corsHeaders)]),
    steps.revalidated,
    steps.sameSiteWrites(cors, authenticator?.pages),
    ...(docOnly ? [steps.documentsOnly] : []),
    steps.bodyLimit(bodyLimits),
    ...whoAsks(config, asking),
    rightlySpelled,
    last,
  ];
  return new Entrance(list, gateways, basePath);
}

/** Whether certificates of clients are asked for, or read. */
export function takesCertificates({ tls }: Pick<Config, 'tls'>): boolean {
  return tls.server?.clientCa !== undefined || tls.isClientCertTaken;
}

/** Undefined: no certificate is asked for, nor read. */
export function certifiedBy({ tls }: Config, gateways: Gateways): CertificateIdentity | undefined {
  if (!takesCertificates({ tls })) return undefined;
  const certificates = new ClientCertificates(gateways, tls.isClientCertTaken);
  return new CertificateIdentity(certificates, permissionsOf(tls.grants));
}

/** The steps that find out who asks, and how often that is allowed. */
function whoAsks({ access, rates }: Config, { identity, authenticator, shared }: Asking): readonly Step[] {
  const named = identity && steps.named((request) => identity.find(request));
  const step = authenticator === undefined ? named : steps.authenticated(authenticator, access?.openAreas ?? new Set());
  // Public keys have rates of their own.
  const isLimited = authenticator !== undefined || rates.perPrincipal !== undefined || rates.perAddress !== undefined;
  if (isLimited) return [rateLimited(rates, shared ?? new TokenBuckets(), step)];
  return step === undefined ? [] : [step];
}
