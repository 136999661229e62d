import { type Principal } from '../../access/principal.js';
import { Propagation } from './propagation.js';

const said = (name: string) => ({ 'heksher-client': `${name}/1`, 'heksher-serving': '7-0a1b2c3d' });
const principal = (subject: string, kind: Principal['kind'] = 'machine'): Principal => ({
  subject,
  kind,
  permissions: {} as Principal['permissions'],
  pinned: new Map(),
  claimed: new Map(),
  provenOnly: new Set(),
  expiresAtMs: Infinity,
  channel: undefined,
  proof: { kind: 'key', selector: subject, use: { atMs: 0 } },
  credentials: {},
});

const namesIn = (propagation: Propagation) =>
  propagation
    .known()
    .clients.map(({ name, principal: whose }) => `${whose} ${name}`)
    .sort();

it('keeps who is connected, and lets the one go that was seen longest ago', () => {
  const propagation = new Propagation(3);
  const [ann] = [principal('ann')];
  const close = [said('a'), said('b')].map((headers) => {
    const state = propagation.note(headers, ann);
    return state && propagation.opened(state, ann);
  });
  propagation.note(said('c'), ann);
  expect(propagation.known().isComplete).toBe(true);
  propagation.note(said('d'), ann);
  expect(namesIn(propagation)).toEqual(['ann a/1', 'ann b/1', 'ann d/1']);
  expect(propagation.known().isComplete).toBe(false);
  const third = propagation.note(said('d'), ann);
  const closeThird = third && propagation.opened(third, ann);
  expect(propagation.note(said('e'), ann)).toBeUndefined();
  expect(namesIn(propagation)).toEqual(['ann a/1', 'ann b/1', 'ann d/1']);
  close[0]?.();
  closeThird?.();
  propagation.note(said('e'), ann);
  expect(namesIn(propagation)).toEqual(['ann b/1', 'ann d/1', 'ann e/1']);
});

it('whoever has most makes room, so that no flood of names drives out those of others', () => {
  const propagation = new Propagation(10);
  const [shop, flood] = [principal('shop'), principal('flood')];
  for (const name of ['a', 'b']) propagation.note(said(name), shop);
  for (let count = 0; count < 100; count += 1) propagation.note(said(`f${count}`), flood);
  propagation.note(said('c'), shop);
  expect(namesIn(propagation).filter((name) => name.startsWith('shop'))).toEqual(['shop a/1', 'shop b/1', 'shop c/1']);
  expect(propagation.known().clients).toHaveLength(10);
});

it.each(['public', 'anyone'] as const)('takes no word from %s, but reads it', (kind) => {
  const propagation = new Propagation();
  expect(propagation.note(said('a'), principal('page', kind))).toBeUndefined();
  expect(() => propagation.note({ 'heksher-client': 'a' }, principal('page', kind))).toThrow(/Heksher-Client must be/);
  expect(namesIn(propagation)).toEqual([]);
});

it('the same name of two principals is two clients', () => {
  const propagation = new Propagation();
  propagation.note(said('a'), principal('ann'));
  propagation.note(said('a'), principal('bob'));
  propagation.note(said('a'), undefined);
  expect(namesIn(propagation)).toEqual(['ann a/1', 'bob a/1', 'null a/1']);
});
