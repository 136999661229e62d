import fc from 'fast-check';
import { movesBetween, operationsOf } from './order.js';

it('the moves lead from one order to the other', () => {
  const orders = fc
    .uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 })
    .chain((names) => fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length })));
  fc.assert(
    fc.property(orders, ([from, to]) => {
      let order = [...from];
      for (const move of operationsOf(from, to)) {
        const others = order.filter((one) => one !== move.name);
        const at = 'after' in move ? others.indexOf(move.after ?? '') + 1 : others.indexOf(move.before ?? '');
        order = others.toSpliced(at, 0, move.name);
      }
      expect(order).toEqual(to);
    }),
  );
});

it('one that moves is one move, and none is none', () => {
  expect(movesBetween(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual([{ name: 'a', after: 'c' }]);
  expect(movesBetween(['a', 'b'], ['a', 'b'])).toEqual([]);
});
