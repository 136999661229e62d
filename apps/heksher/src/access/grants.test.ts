import fc from 'fast-check';
import {
  ACTIONS,
  admits,
  formatGrant,
  type Grant,
  grantsOfScopes,
  intersectionOf,
  isAll,
  isNone,
  parseGrant,
  permissionsOf,
} from './grants.js';

const NAMES = ['a', 'a.b', 'a.b.c', 'ab', 'a.bc', 'b', 'b.a'];
const PATTERNS = ['*', 'a', 'a.*', 'a.b', 'a.b.*', 'ab', 'b.*', 'b'];

const grant = fc.record({ action: fc.constantFrom(...ACTIONS), pattern: fc.constantFrom(...PATTERNS) });
const grants = fc.array(grant, { maxLength: 5 });

/** As the documents say it, without any set. */
function matches(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));
}

describe('parseGrant', () => {
  it.each([
    ['read', { action: 'read', pattern: '*' }],
    ['read:*', { action: 'read', pattern: '*' }],
    ['write:billing.*', { action: 'write', pattern: 'billing.*' }],
    ['evaluate:cache_size', { action: 'evaluate', pattern: 'cache_size' }],
  ])('reads %s', (text, expected) => {
    expect(parseGrant(text)).toEqual(expected);
  });

  it.each([
    '',
    'READ',
    'delete',
    'read:',
    'read:a*',
    'read:.*',
    'read:*.a',
    'read:a b',
    'read:a:b',
    ' read',
    'read:..*',
  ])('refuses %j by name', (text) => {
    expect(() => parseGrant(text)).toThrow('accepted');
  });

  it('reads what formatGrant writes', () => {
    fc.assert(fc.property(grant, (one) => expect(parseGrant(formatGrant(one))).toEqual(one)));
  });
});

it('scopes of other services, and malformed ones, grant nothing', () => {
  expect(grantsOfScopes(['openid', 'heksher:read:a.*', 'heksher:rule', 'other:read', 'heksher:write'])).toEqual([
    { action: 'read', pattern: 'a.*' },
    { action: 'write', pattern: '*' },
  ]);
});

describe('permissions', () => {
  it('admit a setting where some grant of the action does', () => {
    fc.assert(
      fc.property(grants, fc.constantFrom(...NAMES), (given, name) => {
        const { read, write } = permissionsOf(given);
        const granted = (actions: readonly string[]): boolean =>
          given.some(({ action, pattern }) => actions.includes(action) && matches(pattern, name));
        expect(admits(read, name)).toBe(granted(['read', 'propose', 'approve', 'write', 'admin']));
        expect(admits(write, name)).toBe(granted(['write', 'admin']));
      }),
    );
  });

  it('have equal keys where the grants are written otherwise, and different ones where they admit others', () => {
    fc.assert(
      fc.property(grants, grants, (one, other) => {
        const [left, right] = [permissionsOf(one).read, permissionsOf(other).read];
        const sample = [...NAMES, 'a.x', 'a.b.x', 'b.x', 'z'];
        const isSame = sample.every((name) => admits(left, name) === admits(right, name));
        expect(left.key === right.key).toBe(isSame);
      }),
    );
  });

  it('intersect to what both admit', () => {
    fc.assert(
      fc.property(
        grants,
        grants,
        fc.constantFrom(...NAMES),
        fc.constantFrom(...ACTIONS),
        (one, other, name, action) => {
          const [left, right] = [permissionsOf(one), permissionsOf(other)];
          const both = intersectionOf(left, right)[action];
          expect(admits(both, name)).toBe(admits(left[action], name) && admits(right[action], name));
        },
      ),
    );
  });

  it('of nothing admit nothing, and of admin everything', () => {
    const all: readonly Grant[] = [{ action: 'admin', pattern: '*' }];
    expect(Object.values(permissionsOf([])).every(isNone)).toBe(true);
    expect(Object.values(permissionsOf(all)).every(isAll)).toBe(true);
  });
});
