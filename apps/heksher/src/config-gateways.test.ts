import { readConfig } from './config.js';

const DATABASE = { HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:p@localhost/db' };
const gatewaysOf = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).gateways;

const GATEWAYS = { HEKSHER_TRUSTED_GATEWAYS: '10.0.0.0/8' };
const IDENTITY = { ...GATEWAYS, HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Consumer-Username' };

it('takes the name of a header as Node has it, and what everybody is granted who is named', () => {
  expect(gatewaysOf({ ...IDENTITY, HEKSHER_GATEWAY_GRANTS: 'read, write:billing.*' }).identity).toEqual({
    subjectHeader: 'x-consumer-username',
    scopesHeader: undefined,
    grants: [
      { action: 'read', pattern: '*' },
      { action: 'write', pattern: 'billing.*' },
    ],
  });
});

it('trusts nobody unless it is told to, and answers at the root', () => {
  expect(gatewaysOf({})).toMatchObject({ trusted: undefined, forwarded: 'none', basePath: '' });
});

it.each([
  ['/settings', '/settings'],
  ['/a/b-c/', '/a/b-c'],
  ['/', ''],
])('takes the base path %s', (given, expected) => {
  expect(gatewaysOf({ HEKSHER_BASE_PATH: given }).basePath).toBe(expected);
});

it.each([
  [{ HEKSHER_TRUSTED_GATEWAYS: 'gateway' }, 'HEKSHER_TRUSTED_GATEWAYS'],
  [{ ...GATEWAYS, HEKSHER_FORWARDED: 'x-real-ip' }, 'HEKSHER_FORWARDED'],
  [{ HEKSHER_FORWARDED: 'forwarded' }, 'HEKSHER_FORWARDED'],
  [{ HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-User' }, 'HEKSHER_GATEWAY_SUBJECT_HEADER'],
  [{ HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Scopes' }, 'HEKSHER_GATEWAY_SCOPES_HEADER'],
  [{ ...GATEWAYS, HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Scopes' }, 'HEKSHER_GATEWAY_SCOPES_HEADER'],
  [{ ...GATEWAYS, HEKSHER_GATEWAY_GRANTS: 'read' }, 'HEKSHER_GATEWAY_GRANTS'],
  [{ ...IDENTITY, HEKSHER_GATEWAY_GRANTS: 'fly' }, 'HEKSHER_GATEWAY_GRANTS'],
  [
    { ...IDENTITY, HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Scopes', HEKSHER_GATEWAY_GRANTS: 'read' },
    'HEKSHER_GATEWAY_GRANTS',
  ],
  [{ ...GATEWAYS, HEKSHER_GATEWAY_SUBJECT_HEADER: 'X User' }, 'HEKSHER_GATEWAY_SUBJECT_HEADER'],
  [{ ...GATEWAYS, HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-User,X-Name' }, 'HEKSHER_GATEWAY_SUBJECT_HEADER'],
  [{ ...GATEWAYS, HEKSHER_GATEWAY_SUBJECT_HEADER: 'Authorization' }, 'HEKSHER_GATEWAY_SUBJECT_HEADER'],
  [{ HEKSHER_BASE_PATH: 'settings' }, 'HEKSHER_BASE_PATH'],
  [{ HEKSHER_BASE_PATH: '//settings' }, 'HEKSHER_BASE_PATH'],
  [{ HEKSHER_BASE_PATH: '/a/../b' }, 'HEKSHER_BASE_PATH'],
  [{ HEKSHER_BASE_PATH: '/a b' }, 'HEKSHER_BASE_PATH'],
  [{ HEKSHER_BASE_PATH: '/a%20b' }, 'HEKSHER_BASE_PATH'],
  [{ HEKSHER_BASE_PATH: '/a?b' }, 'HEKSHER_BASE_PATH'],
])('refuses %j by name', (env, name) => {
  expect(() => gatewaysOf(env)).toThrow(`${name}: `);
});
