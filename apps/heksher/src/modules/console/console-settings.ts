import { type ConsoleConfig } from '../../config-console.js';
import { type LoginEndpoints } from '../../openapi/document-access.js';
import { HEKSHER_VERSION } from '../../version.js';

/** How people who use the console are known to the service. */
export type ConsoleAccess = Readonly<{
  /** Else everybody may do everything. */
  isControlled: boolean;
  /** A gateway says who asks. */
  isNamed: boolean;
  /** There is no database, so that nothing but the documents answers. */
  isDocOnly: boolean;
  /** Undefined: people give a key, or a gateway says who they are. */
  login: ConsoleLogin | undefined;
}>;

export type ConsoleLogin = Readonly<{
  issuer: string;
  clientId: string;
  audience: string;
  scopes: readonly string[];
  /** Undefined while the issuer does not say; never rejects. */
  find: () => Promise<LoginEndpoints | undefined>;
}>;

/** What the page is told of where it is, as `GET /console/config.json` has it. */
export async function consoleSettings(
  config: ConsoleConfig,
  { isControlled, isNamed, isDocOnly, login }: ConsoleAccess,
): Promise<object> {
  const endpoints = await login?.find();
  const { clientId, audience, issuer, scopes } = login ?? {};
  return {
    version: HEKSHER_VERSION,
    doc_only: isDocOnly,
    read_only: config.isReadOnly,
    read_only_reason: config.readOnlyReason,
    environment: config.environment,
    environment_color: config.environmentColor,
    banner: config.banner,
    note_required: config.isNoteRequired,
    owner_key: config.ownerKey,
    links: config.links,
    access: isControlled ? 'controlled' : isNamed ? 'named' : 'open',
    ...(endpoints !== undefined && {
      oauth: {
        issuer,
        client_id: clientId,
        audience,
        scopes,
        authorization_url: endpoints.authorizationUrl,
        token_url: endpoints.tokenUrl,
      },
    }),
  };
}
