import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Scope } from './scope.js';

export const AUDIENCE = 'https://settings.example.com';

/** Makes tokens, which may read all settings. */
export type Issuer = Readonly<{ url: string; token: (subject: string) => Promise<string> }>;

/** An issuer of tokens with one key. */
export async function startIssuer(scope: Scope): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };
  const server = createServer(({ url: path }, response) => {
    const metadata = { issuer: url(), jwks_uri: `${url()}/jwks` };
    response.end(JSON.stringify(path === '/jwks' ? { keys: [jwk] } : metadata));
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.defer(() => void server.close());
  const token = (subject: string): Promise<string> =>
    new SignJWT({ client_id: 'bench', scope: 'heksher:read' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
      .setIssuer(url())
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setJti(subject)
      .setIssuedAt()
      .setExpirationTime('12h')
      .sign(privateKey);
  return { url: url(), token };
}
