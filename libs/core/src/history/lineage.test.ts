import { earlierName, lastNameOf, lineageOf } from './lineage.js';

const A_TO_B = { seq: 10, from: 'a', to: 'b' };
const B_TO_C = { seq: 20, from: 'b', to: 'c' };

describe('the names of a setting over time', () => {
  it('go back from the last one, each as far as it was its own', () => {
    expect(lineageOf('c', [A_TO_B, B_TO_C], 30)).toEqual([
      { name: 'c', from: 20, to: 30 },
      { name: 'b', from: 10, to: 20 },
      { name: 'a', from: 0, to: 10 },
    ]);
  });

  it('end where another setting had the name', () => {
    expect(lineageOf('a', [A_TO_B], 30)).toEqual([{ name: 'a', from: 11, to: 30 }]);
    expect(lineageOf('a', [A_TO_B, { seq: 20, from: 'x', to: 'a' }], 30)).toEqual([
      { name: 'a', from: 20, to: 30 },
      { name: 'x', from: 0, to: 20 },
    ]);
  });

  it('are the same where a setting gets its first name back', () => {
    expect(lineageOf('a', [A_TO_B, { seq: 20, from: 'b', to: 'a' }], 30)).toEqual([
      { name: 'a', from: 20, to: 30 },
      { name: 'b', from: 10, to: 20 },
      { name: 'a', from: 0, to: 10 },
    ]);
  });
});

it('what is gone is followed to its last name, unless something else had that name later', () => {
  expect(lastNameOf('a', [A_TO_B, B_TO_C], () => 0)).toBe('c');
  expect(lastNameOf('a', [A_TO_B, B_TO_C], (name) => (name === 'a' ? 15 : 0))).toBe('a');
});

it('a name is that of another before some renamings, or of nothing where another had it', () => {
  expect(earlierName('c', [A_TO_B, B_TO_C])).toBe('a');
  expect(earlierName('a', [A_TO_B])).toBeUndefined();
  expect(earlierName('x', [A_TO_B])).toBe('x');
});
