import * as fc from 'fast-check';
import { formatContext, parseContext } from './context-text.js';

const contexts = fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,9}$/), fc.string({ minLength: 1, unit: 'grapheme' }));

it('a context that is written into an address is read as it was', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      expect(parseContext(formatContext(context))).toEqual({ ...context });
    }),
  );
});

it.each([
  ['account:jim,user:bob', { account: 'jim', user: 'bob' }],
  ['user:a:b', { user: 'a:b' }],
  ['nonsense,user:bob,', { user: 'bob' }],
  ['user:50%', { user: '50%' }],
])('%s is read', (text, context) => {
  expect(parseContext(text)).toEqual(context);
});
