import { isKeyOf, makeKey, selectorOf, verifierOf } from './api-key.js';

const key = makeKey();

it('makes keys that a scanner for leaked secrets finds, each of its own', () => {
  expect(key.text).toMatch(/^hk_s_[\w-]{22}_[\w-]{49}$/);
  expect(new Set(Array.from({ length: 100 }, () => makeKey().text)).size).toBe(100);
});

it('makes keys of pages, which a scanner can tell from secrets', () => {
  const page = makeKey('p');
  expect(page.text).toMatch(/^hk_p_[\w-]{22}_[\w-]{49}$/);
  expect(selectorOf(page.text)).toBe(page.selector);
  expect(selectorOf(page.text.replace('hk_p_', 'hk_s_'))).toBeUndefined();
});

it('finds a key by its selector, and knows it from all others by its verifier', () => {
  expect(selectorOf(key.text)).toBe(key.selector);
  expect(isKeyOf(key.verifier, key.text)).toBe(true);
  expect(isKeyOf(makeKey().verifier, key.text)).toBe(false);
  expect(isKeyOf(Buffer.alloc(0), key.text)).toBe(false);
  expect(verifierOf(key.text).length).toBe(32);
});

it('takes no key of which any character is another, is missing or is one too many', () => {
  for (let at = 0; at < key.text.length; at += 1) {
    const other = key.text[at] === 'A' ? 'B' : 'A';
    expect(selectorOf(key.text.slice(0, at) + other + key.text.slice(at + 1))).toBeUndefined();
    expect(selectorOf(key.text.slice(0, at) + key.text.slice(at + 1))).toBeUndefined();
    expect(selectorOf(`${key.text.slice(0, at)}A${key.text.slice(at)}`)).toBeUndefined();
  }
  expect(['', `${key.text}\n`, ` ${key.text}`].map(selectorOf)).toEqual([undefined, undefined, undefined]);
});
