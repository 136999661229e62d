import fc from 'fast-check';
import { ACTIONS, admits, formatGrant, type Grant, permissionsOf } from '../../access/grants.js';
import { type ProvenToken } from '../../access/principal.js';
import { StoredPrincipals } from './stored-principals.js';

const ISSUER = 'https://login.example.com';
const NAMES = ['a', 'a.b', 'a.b.c', 'b', 'b.a'];
const PATTERNS = ['*', 'a', 'a.*', 'a.b', 'b.*'];

const grants = fc.array(fc.record({ action: fc.constantFrom(...ACTIONS), pattern: fc.constantFrom(...PATTERNS) }), {
  maxLength: 3,
});

function token(more: Partial<ProvenToken> = {}): ProvenToken {
  return {
    issuer: ISSUER,
    subject: 'ann',
    client: 'console',
    kind: 'user',
    actor: 'ann',
    roles: [],
    scopes: [],
    claimed: new Map(),
    expiresAtMs: Infinity,
    boundTo: undefined,
    by: NAMES,
    goodUntilMs: Infinity,
    ...more,
  };
}

type Row = ConstructorParameters<typeof StoredPrincipals>[0][number];

const row = (kind: Row['kind'], name: string, given: readonly Grant[], more: Partial<Row> = {}): Row => ({
  kind,
  issuer: ISSUER,
  name,
  grants: given.map(formatGrant),
  pinned: {},
  ...more,
});

const storing = (rows: readonly Row[], unstored: 'scopes' | 'nothing' = 'scopes') =>
  new StoredPrincipals(rows, { unstored, provenOnly: new Set(['account']) });

/** As the documents say it. */
function expected(given: readonly Grant[], scopes: readonly Grant[], action: Grant['action'], name: string): boolean {
  const stored = admits(permissionsOf(given)[action], name);
  return stored && (scopes.length === 0 || admits(permissionsOf(scopes)[action], name));
}

const asked = [fc.constantFrom(...ACTIONS), fc.constantFrom(...NAMES)] as const;

it('lets a token do what is stored of it, narrowed by its scopes where it has some', () => {
  fc.assert(
    fc.property(grants, grants, ...asked, (given, scopes, action, name) => {
      for (const unstored of ['scopes', 'nothing'] as const) {
        const principals = storing(
          [row('subject', 'ann', given), row('role', 'a', [{ action: 'admin', pattern: '*' }])],
          unstored,
        );
        const { permissions } = principals.principalOf(token({ scopes, roles: ['a'] }), principals);
        expect(admits(permissions[action], name)).toBe(expected(given, scopes, action, name));
      }
    }),
  );
});

it('joins what is stored of roles', () => {
  fc.assert(
    fc.property(grants, grants, grants, ...asked, (one, other, scopes, action, name) => {
      const principals = storing([row('role', 'a', one), row('role', 'b', other)]);
      const { permissions } = principals.principalOf(token({ scopes, roles: ['b', 'x', 'a', 'b'] }), principals);
      expect(admits(permissions[action], name)).toBe(expected([...one, ...other], scopes, action, name));
    }),
  );
});

it('goes by scopes, or by nothing, where nothing is stored', () => {
  fc.assert(
    fc.property(grants, ...asked, (scopes, action, name) => {
      const [open, closed] = [storing([]), storing([], 'nothing')];
      const byScopes = open.principalOf(token({ scopes }), open).permissions[action];
      expect(admits(byScopes, name)).toBe(admits(permissionsOf(scopes)[action], name));
      expect(admits(closed.principalOf(token({ scopes }), closed).permissions[action], name)).toBe(false);
    }),
  );
});

it('holds a token that claims what is taken from proof alone to evaluating, unless more is stored', () => {
  const scopes: readonly Grant[] = [{ action: 'admin', pattern: '*' }];
  const claimed = new Map([['account', 'jim']]);
  const may = (principals: StoredPrincipals, more: Partial<ProvenToken> = {}) => {
    const { permissions } = principals.principalOf(token({ scopes, claimed, ...more }), principals);
    return ACTIONS.filter((action) => admits(permissions[action], 'a'));
  };
  expect(may(storing([]))).toEqual(['evaluate']);
  expect(may(storing([]), { claimed: new Map([['user', 'ann']]) })).toEqual(ACTIONS);
  expect(may(storing([row('subject', 'ann', [{ action: 'read', pattern: '*' }])]))).toEqual(['evaluate', 'read']);
});

it('looks at the client of machines alone, and at nothing of another issuer', () => {
  const all: readonly Grant[] = [{ action: 'admin', pattern: '*' }];
  const principals = storing(
    [
      row('client', 'console', all, { pinned: { account: 'jim' } }),
      row('subject', 'eve', all, { issuer: `${ISSUER}/` }),
    ],
    'nothing',
  );
  const of = (more: Partial<ProvenToken>) => {
    const { permissions, pinned } = principals.principalOf(token(more), principals);
    return [permissions.admin.key, pinned.get('account')];
  };
  expect(of({})).toEqual(['', undefined]);
  expect(of({ kind: 'machine' })).toEqual(['*', 'jim']);
  expect(of({ subject: 'eve' })).toEqual(['', undefined]);
  expect(of({ subject: 'console' })).toEqual(['', undefined]);
  expect(of({ roles: ['console'] })).toEqual(['', undefined]);
});
