import { readConfig } from './config.js';

const DATABASE = { HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:p@localhost/db' };
const tlsOf = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).tls;

it('serves no TLS unless it is told to, and takes no certificates', () => {
  expect(tlsOf({})).toEqual({ server: undefined, isClientCertTaken: false, grants: [] });
});

it.each([
  [{ HEKSHER_TLS_CERT: 'x' }, 'HEKSHER_TLS_KEY_FILE: is required'],
  [{ HEKSHER_TLS_KEY: 'x' }, 'HEKSHER_TLS_CERT_FILE: is required'],
  [{ HEKSHER_TLS_CLIENT_CA: 'x' }, 'HEKSHER_TLS_CERT_FILE: is required'],
  [{ HEKSHER_TLS_CERT: 'x', HEKSHER_TLS_KEY: 'y' }, 'HEKSHER_TLS_CERT_FILE: cannot be used'],
  [{ HEKSHER_TLS_CERT_FILE: '/nowhere', HEKSHER_TLS_KEY: 'y' }, 'HEKSHER_TLS_CERT_FILE: cannot be read'],
  [{ HEKSHER_TLS_CLIENT_GRANTS: 'fly' }, 'HEKSHER_TLS_CLIENT_GRANTS: '],
  [{ HEKSHER_GATEWAY_CLIENT_CERT: 'true' }, 'HEKSHER_GATEWAY_CLIENT_CERT: needs HEKSHER_TRUSTED_GATEWAYS'],
])('refuses %j by name', (env, problem) => {
  expect(() => tlsOf(env)).toThrow(problem);
});
