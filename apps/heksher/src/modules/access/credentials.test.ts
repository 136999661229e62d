import { type Session, type Statement } from '@heksher/database';
import { inspect } from 'node:util';
import { makeKey, type NewKey } from './api-key.js';
import { CredentialsInMemory } from './credentials.js';

const [ours, theirs] = [makeKey(), makeKey()];

/** Stands for a session of the database in which these keys hold. */
function holding(keys: readonly NewKey[]) {
  const rows = keys.map(({ selector, verifier }) => [selector, 'x', 'machine', ['read'], {}, verifier, null, [], null]);
  const query = ({ name }: Statement) => Promise.resolve(name === 'keys' ? rows : []);
  return { connection: { query } as Session, loadTimeoutMs: 1_000 };
}

function shownWhole(value: unknown): string {
  return inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });
}

test('who remembers the principal of a key keeps no other key in memory by it', async () => {
  const credentials = new CredentialsInMemory([], { unstored: 'nothing', provenOnly: new Set() });
  await credentials.load(holding([ours, theirs]));
  const principal = credentials.find(ours.text);
  expect(shownWhole(credentials.state) + shownWhole(principal)).not.toContain(theirs.selector);
  expect(shownWhole(principal)).toContain(ours.selector);
});

test('of keys those that were used are told of: one that is revoked once more, and then no trace of it is left', async () => {
  const credentials = new CredentialsInMemory([], { unstored: 'nothing', provenOnly: new Set() });
  await credentials.load(holding([ours, theirs]));
  const principal = credentials.find(theirs.text);
  if (principal?.proof.kind !== 'key') throw new Error('the key is not known');
  principal.proof.use.atMs = Date.now();
  await credentials.load(holding([ours]));
  expect([...credentials.takeUses().keys()]).toEqual([theirs.selector]);
  expect(credentials.takeUses()).toEqual(new Map());
  expect(shownWhole(credentials)).not.toContain(theirs.selector);
});
