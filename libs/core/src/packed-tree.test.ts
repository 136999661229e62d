import { atOnce } from './in-steps.js';
import { packContext, TextNumbers } from './packed-context.js';
import { packTree } from './tree-packer.js';

const FEATURES = ['account', 'user'];

/** A setting with a rule for each of so many users, and one for an account. */
const settingOf = (users: number) => ({
  features: FEATURES,
  defaultValue: 'default',
  rules: [
    ...Array.from({ length: users }, (_, n) => ({ id: n, conditions: [['user', `u${n}`]] as const, value: `u${n}` })),
    { id: users, conditions: [['account', 'jim']] as const, value: 'jim' },
  ],
  rollouts: [],
});

it.each([0, 1, 2, 8, 9, 100, 5_000])('finds each of %d values, and none that is not there', (users) => {
  const numbers = new TextNumbers();
  for (let n = users; n < users + 50; n += 3) numbers.numberFor(`u${n}`);
  const tree = atOnce(packTree(settingOf(users), numbers));
  const valueFor = (context: Record<string, string>): string =>
    tree.decision(tree.find(packContext(new Map(Object.entries(context)), FEATURES, numbers), 0)).value;
  for (let n = 0; n < users; n += 1) expect(valueFor({ user: `u${n}`, account: 'jim' })).toBe(`u${n}`);
  for (const user of [`u${users}`, `u${users + 1}`, 'nobody']) {
    expect(valueFor({ user })).toBe('default');
    expect(valueFor({ user, account: 'jim' })).toBe('jim');
  }
  expect(valueFor({})).toBe('default');
  expect(tree.decisionCount).toBe(users + 2);
});

it('a rule that names a feature which is not listed is refused', () => {
  const setting = { ...settingOf(1), features: ['account'] };
  expect(() => atOnce(packTree(setting, new TextNumbers()))).toThrow('names "user", which is not one of the features');
});
