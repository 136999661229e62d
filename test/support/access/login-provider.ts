import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

/** Clients that people log in with have no secret, and machines have one. */
export const PUBLIC_CLIENT = 'swagger-ui';
export const MACHINE = { id: 'billing', secret: 'a secret' } as const;

export const AUDIENCE = 'https://settings.example.com';
const SCOPES = ['read', 'evaluate', 'declare', 'propose', 'approve', 'write', 'admin'].map((one) => `heksher:${one}`);

/** A real provider of tokens where people log in on a page, under any name, and consent. */
export class LoginProvider {
  private handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

  private keys: readonly object[] | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LoginProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const made = new LoginProvider(server);
    server.on('request', (request, response) => {
      if (made.handle === undefined) response.writeHead(503).end();
      else made.handle(request, response);
    });
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The variables of a Heksher that takes its tokens, and has its documents log in there. */
  get env(): Readonly<Record<string, string>> {
    return {
      HEKSHER_AUTH: 'on',
      HEKSHER_OAUTH_ISSUER: this.url,
      HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
      HEKSHER_DOCS_CLIENT_ID: PUBLIC_CLIENT,
    };
  }

  /** Begins to answer, or goes on with the same keys; `heksher` is the service to whose documents and console people are sent back. */
  async open(heksher: string): Promise<void> {
    this.keys ??= await Promise.all(
      ['ES256', 'RS256'].map(async (alg) => {
        const { privateKey } = await generateKeyPair(alg, { extractable: true });
        return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg };
      }),
    );
    const provider = new Provider(this.url, configurationOf(heksher, this.keys));
    this.handle = provider.callback();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function configurationOf(heksher: string, keys: readonly object[]): Readonly<Record<string, unknown>> {
  return {
    jwks: { keys },
    clients: [
      {
        client_id: PUBLIC_CLIENT,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${heksher}/docs/oauth2-redirect.html`, `${heksher}/console/signed-in`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      {
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ],
    scopes: SCOPES,
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    // The page asks for its token from another origin.
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    cookies: { keys: ['only for this test'] },
    ttl: {
      AccessToken: 600,
      ClientCredentials: 600,
      Grant: 600,
      AuthorizationCode: 60,
      Interaction: 600,
      Session: 600,
    },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => {
          if (resource !== AUDIENCE) throw new Error(`there is no resource ${resource}`);
          const jwt = { sign: { alg: 'ES256' } };
          return { scope: SCOPES.join(' '), audience: resource, accessTokenFormat: 'jwt', jwt };
        },
      },
    },
  };
}
