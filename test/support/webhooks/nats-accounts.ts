import { randomUUID } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** A claim of NATS, as a JWT that its issuer has signed. */
function signed(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [iss, sub] = [issuer.getPublicKey(), subject.getPublicKey()];
  const claims = { jti: randomUUID(), iat: Math.floor(Date.now() / 1_000), iss, sub, name, nats };
  const text = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}

const seedOf = (keys: KeyPair): string => Buffer.from(keys.getSeed()).toString('utf8');

const UNLIMITED = {
  ...{ subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true },
  ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
};

/** A server whose users an operator vouches for: what its configuration says, and what makes credentials of a new user. */
export function decentralized(): Readonly<{ config: string; newUser: () => string }> {
  const [operator, account, system] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const accountOf = (keys: KeyPair, name: string, limits: object): string =>
    signed(operator, keys, name, { type: 'account', version: 2, limits });
  const preload = [
    `${account.getPublicKey()}: ${accountOf(account, 'heksher', UNLIMITED)}`,
    `${system.getPublicKey()}: ${accountOf(system, 'SYS', { ...UNLIMITED, mem_storage: 0, disk_storage: 0 })}`,
  ];
  const config = `
    operator: ${signed(operator, operator, 'test', { type: 'operator', version: 2 })}
    system_account: ${system.getPublicKey()}
    resolver: MEMORY
    resolver_preload: { ${preload.join(', ')} }`;
  const newUser = (): string => {
    const user = nkeys.createUser();
    const jwt = signed(account, user, 'heksher', { type: 'user', version: 2, subs: -1, data: -1, payload: -1 });
    return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n
************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.\n
-----BEGIN USER NKEY SEED-----\n${seedOf(user)}\n------END USER NKEY SEED------\n`;
  };
  return { config, newUser };
}

/** A server that knows one user by an nkey, whose seed this is. */
export function ofOneNkey(): Readonly<{ config: string; seed: string }> {
  const user = nkeys.createUser();
  return { config: `authorization: { users: [ { nkey: ${user.getPublicKey()} } ] }`, seed: seedOf(user) };
}
