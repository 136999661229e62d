import { groupQuestions } from './evaluation-queue.js';

const ask = (name: string, context: Record<string, string | undefined>) => ({
  name,
  context: new Map(Object.entries(context)),
  resolve: () => undefined,
  reject: () => undefined,
});

const grouped = (questions: readonly ReturnType<typeof ask>[], most = 10) =>
  groupQuestions(questions, most).map((group) => group.map(({ name }) => name).join(' '));

it('questions go together that say the same of the features that they share', () => {
  const questions = [
    ask('a', { user: 'jim' }),
    ask('b', { user: 'jim', theme: 'dark' }),
    ask('c', { user: 'bob' }),
    ask('d', { account: 'x' }),
    ask('e', { theme: 'light' }),
  ];
  expect(grouped(questions)).toEqual(['a b d', 'c e']);
});

it('a feature without a value is not one that nobody speaks of', () => {
  expect(grouped([ask('a', { user: 'jim', theme: undefined }), ask('b', { user: 'jim', theme: 'dark' })])).toEqual([
    'a',
    'b',
  ]);
});

it('leaves out what fits into none of so many groups', () => {
  expect(grouped([ask('a', { u: '1' }), ask('b', { u: '2' }), ask('c', { u: '3' }), ask('d', { u: '1' })], 2)).toEqual([
    'a d',
    'b',
  ]);
});
