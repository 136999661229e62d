import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';

export const AUDIENCE = 'https://settings.example.com';
export const OTHER_AUDIENCE = 'https://other.example.com';

/** Clients that get opaque tokens, and those that get JWT. */
export type ClientName = 'machine' | 'console' | 'opaque-machine' | 'opaque-console';

const CLIENTS: readonly ClientName[] = ['machine', 'console', 'opaque-machine', 'opaque-console'];

/** As whom a resource server introspects. */
export const INTROSPECTOR = { id: 'heksher :+%', secret: 'a secret: with +, % and "&"' } as const;

/** Another one, which proves who it is by a key of its own, and by nothing else. */
export const SIGNING_INTROSPECTOR = 'heksher-by-key';

const CLIENT_KEYS = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLIENT_KEY = { kid: 'of-the-client', alg: 'ES256', use: 'sig' } as const;

const REDIRECT_URI = 'https://console.example.com/callback';
const SCOPES = ['read', 'evaluate', 'declare', 'propose', 'approve', 'write', 'admin'].map((one) => `heksher:${one}`);
const ALL_SCOPES = [...SCOPES, 'heksher:read:billing.*', 'heksher:write:ui.*', 'other:thing'].join(' ');

/** What a user gets for logging in. */
export type Login = Readonly<{ accessToken: string; idToken: string }>;

export type Asked = Readonly<{ scope?: string; resource?: string }>;

/** What is asked of the provider, by path. */
type Counts = Map<string, number>;

/** How it answers: as it should; not at all, so that the client waits; with an error; or with what is no answer. */
type Mood = 'well' | 'hung' | 'failing' | 'garbled';

/** A real provider of tokens, on a port of its own; its keys can be rotated, and it can be away. */
export class TestProvider {
  private provider: Provider | undefined;
  private keys: readonly JWK[] = [];
  /** The private key of `SIGNING_INTROSPECTOR`. */
  readonly clientKey: JWK = { ...CLIENT_KEYS.privateKey.export({ format: 'jwk' }), ...CLIENT_KEY };
  private readonly counts: Counts = new Map();
  private readonly hung = new Set<ServerResponse>();
  private underWay = 0;
  /** The most introspections that there were at once. */
  mostAtOnce = 0;
  mood: Mood = 'well';
  /** How long introspections take. */
  delayMs = 0;
  /** Claims beyond the standard ones, by account or client. */
  readonly claims = new Map<string, Readonly<Record<string, unknown>>>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TestProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const made = new TestProvider(server);
    server.on('request', (request, response) => made.serve(request, response));
    await made.rotate();
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get introspectionUrl(): string {
    return `${this.url}/token/introspection`;
  }

  /** The variables of a Heksher that takes its tokens. */
  get env(): Readonly<Record<string, string>> {
    return {
      HEKSHER_AUTH: 'on',
      HEKSHER_OAUTH_ISSUER: this.url,
      HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
      HEKSHER_INTROSPECTION_URL: this.introspectionUrl,
      HEKSHER_INTROSPECTION_CLIENT_ID: INTROSPECTOR.id,
      HEKSHER_INTROSPECTION_CLIENT_SECRET: INTROSPECTOR.secret,
    };
  }

  /** Those by which the tokens are introspected by a client with a key. */
  envWithKey(key: JWK = this.clientKey): Readonly<Record<string, string>> {
    return {
      ...this.env,
      HEKSHER_INTROSPECTION_CLIENT_ID: SIGNING_INTROSPECTOR,
      HEKSHER_INTROSPECTION_CLIENT_SECRET: '',
      HEKSHER_INTROSPECTION_CLIENT_KEY: JSON.stringify(key),
    };
  }

  /** Private ones, the newest first. */
  get signingKeys(): readonly JWK[] {
    return this.keys;
  }

  get introspections(): number {
    return this.counts.get('/token/introspection') ?? 0;
  }

  get keyFetches(): number {
    return this.counts.get('/jwks') ?? 0;
  }

  /** New keys, with which it signs from now on. */
  async rotate(): Promise<void> {
    const kid = String(Date.now()) + String(Math.random());
    const made = ['ES256', 'RS256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg} ${kid}` };
    });
    this.keys = await Promise.all(made);
    this.provider = withPlainObjects(() => new Provider(this.url, this.configuration()));
  }

  /** A token that a program gets for itself. */
  async ofMachine(client: ClientName, { scope = 'heksher:read', resource = AUDIENCE }: Asked = {}): Promise<string> {
    const { access_token } = await this.post('/token', client, {
      grant_type: 'client_credentials',
      scope,
      ...(resource !== '' && { resource }),
    });
    return String(access_token);
  }

  /** What a user gets through a client, after a consent that nobody had to click at. */
  async login(
    accountId: string,
    client: ClientName = 'console',
    { scope = 'openid heksher:read', resource = AUDIENCE }: Asked = {},
  ): Promise<Login> {
    const { provider } = this;
    if (provider === undefined) throw new Error('the provider does not run');
    const grant = new provider.Grant({ accountId, clientId: client });
    grant.addOIDCScope('openid');
    grant.addResourceScope(resource, scope);
    const code = new provider.AuthorizationCode({
      accountId,
      client: await provider.Client.find(client),
      grantId: await grant.save(),
      redirectUri: REDIRECT_URI,
      scope,
      resource,
      nonce: 'a nonce',
    });
    const { access_token, id_token } = await this.post('/token', client, {
      grant_type: 'authorization_code',
      code: await code.save(),
      redirect_uri: REDIRECT_URI,
      resource,
    });
    return { accessToken: String(access_token), idToken: String(id_token) };
  }

  async revoke(token: string, client: ClientName): Promise<void> {
    await this.post('/token/revocation', client, { token });
  }

  /** Lets go of whoever waits. */
  release(): void {
    for (const response of this.hung) response.destroy();
    this.hung.clear();
  }

  stop(): void {
    this.release();
    this.server.closeAllConnections();
    this.server.close();
  }

  private async post(
    path: string,
    client: ClientName,
    form: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${client}:secret`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the provider answered ${response.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.counts.set(path, (this.counts.get(path) ?? 0) + 1);
    if (path === '/token/introspection') {
      this.underWay += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
      response.once('close', () => (this.underWay -= 1));
    }
    switch (this.mood) {
      case 'hung':
        this.hung.add(response);
        return;
      case 'failing':
        response.writeHead(500).end('{"active":true}');
        return;
      case 'garbled':
        response.end('<html>{"active":true}');
        return;
      case 'well':
        setTimeout(
          () => this.provider?.callback()(request, response),
          path === '/token/introspection' ? this.delayMs : 0,
        );
    }
  }

  private configuration(): Readonly<Record<string, unknown>> {
    const client = (id: string, secret: string) => ({
      client_id: id,
      client_secret: secret,
      grant_types: ['client_credentials', 'authorization_code'],
      redirect_uris: [REDIRECT_URI],
      response_types: ['code'],
    });
    const audiences = [AUDIENCE, OTHER_AUDIENCE];
    return {
      jwks: { keys: this.keys },
      clients: [
        ...CLIENTS.map((id) => client(id, 'secret')),
        client(INTROSPECTOR.id, INTROSPECTOR.secret),
        {
          client_id: SIGNING_INTROSPECTOR,
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [{ ...CLIENT_KEYS.publicKey.export({ format: 'jwk' }), ...CLIENT_KEY }] },
          grant_types: [],
          redirect_uris: [],
          response_types: [],
        },
      ],
      scopes: ['openid', ...ALL_SCOPES.split(' ')],
      findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
      pkce: { required: () => false },
      extraTokenClaims: (_context: unknown, token: Readonly<{ accountId?: string; clientId: string }>) =>
        this.claims.get(token.accountId ?? token.clientId),
      ttl: { AccessToken: 3_600, ClientCredentials: 3_600, IdToken: 3_600, Grant: 3_600, AuthorizationCode: 60 },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_context: unknown, resource: string, of: Readonly<{ clientId: string }>) => {
            if (!audiences.includes(resource)) throw new Error(`there is no resource ${resource}`);
            const isOpaque = of.clientId.startsWith('opaque');
            const format = isOpaque
              ? { accessTokenFormat: 'opaque' }
              : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
            return { scope: ALL_SCOPES, audience: resource, ...format };
          },
        },
      },
    };
  }
}

/** Node's own clones are objects of another realm than Jest's, which the provider takes for no plain ones in the keys of a client. */
function withPlainObjects<T>(make: () => T): T {
  const { structuredClone: ofNode } = globalThis;
  globalThis.structuredClone = <V>(value: V): V => JSON.parse(JSON.stringify(value)) as V;
  try {
    return make();
  } finally {
    globalThis.structuredClone = ofNode;
  }
}
