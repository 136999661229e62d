import { bodyOf } from './body.js';

it('gives a short ASCII text as it is, and any other as its bytes', () => {
  expect(bodyOf('{"a":1}')).toBe('{"a":1}');
  for (const text of ['é', '漢', '😀', 'a'.repeat(20_000)]) expect(bodyOf(text)).toEqual(Buffer.from(text));
});
