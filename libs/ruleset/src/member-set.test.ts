import { atOnce } from '@heksher/core';
import fc from 'fast-check';
import { MemberSet } from './member-set.js';

const sorted = (units: Iterable<string>): readonly string[] => [...units].sort();

it('has what it was made of, each unit once', () => {
  const members = MemberSet.of(['jim', 'bob', 'jim']);
  expect(members.size).toBe(2);
  expect(sorted(members)).toEqual(['bob', 'jim']);
  expect([members.has('jim'), members.has('jam'), members.has('')]).toEqual([true, false, false]);
  expect(MemberSet.of([]).has('jim')).toBe(false);
});

it('has no unit that is only a piece of others, or several of them', () => {
  const members = MemberSet.of(['ann', 'anna', 'bob']);
  for (const unit of ['', 'an', 'nna', 'ann\0anna', '\0', '\0ann'])
    expect([unit, members.has(unit)]).toEqual([unit, false]);
  expect([MemberSet.of(['']).has(''), MemberSet.of(['', 'a']).size]).toEqual([true, 2]);
});

it('the next has of the touched units the present ones, and the one before stays', () => {
  const unit = fc.integer({ min: 0, max: 2_000 }).map((number) => `u${number}`);
  const step = fc.record({ touched: fc.array(unit, { size: 'large' }), presentOf: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.array(unit, { size: 'large' }), fc.array(step, { maxLength: 20 }), (units, steps) => {
      let members = MemberSet.of(units);
      const model = new Set(units);
      for (const { touched, presentOf } of steps) {
        const present = new Set(touched.filter((_, index) => index % 4 <= presentOf));
        const before = sorted(members);
        const next = atOnce(members.next(touched, present));
        expect(sorted(members).join()).toBe(before.join());
        for (const one of touched) if (!present.has(one)) model.delete(one);
        for (const one of present) model.add(one);
        expect(next.size).toBe(model.size);
        expect(sorted(next).join()).toBe(sorted(model).join());
        expect([...model].every((one) => next.has(one))).toBe(true);
        members = next;
      }
    }),
    { numRuns: 50 },
  );
});

it('grows from nothing to many, and shares with the one before all but what changed', () => {
  const units = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
  let members = MemberSet.of([]);
  for (let start = 0; start < units.length; start += 5_000) {
    const some = units.slice(start, start + 5_000);
    members = atOnce(members.next(some, new Set(some)));
  }
  expect(members.size).toBe(100_000);
  expect(units.every((unit) => members.has(unit))).toBe(true);
  const next = atOnce(members.next(['user-7', 'new'], new Set(['new'])));
  expect([next.size, next.has('user-7'), next.has('new'), members.has('user-7'), members.has('new')]).toEqual([
    100_000,
    false,
    true,
    true,
    false,
  ]);
});
