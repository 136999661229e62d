import { webcrypto } from 'node:crypto';
import { challengeOf, newAttempt } from './pkce.js';

beforeAll(() => Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true }));

it('makes the challenge of the example of RFC 7636, appendix B', async () => {
  expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  );
});

it('makes verifiers of 43 characters that are accepted, each another', () => {
  const made = Array.from({ length: 50 }, () => newAttempt());
  for (const { verifier } of made) expect(verifier).toMatch(/^[\w-]{43}$/);
  expect(new Set(made.flatMap(({ state, verifier }) => [state, verifier])).size).toBe(100);
});
