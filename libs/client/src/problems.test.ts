import { type Problem, ProblemLog } from './problems.js';

function collecting() {
  const problems: Problem[] = [];
  return { problems, log: new ProblemLog((problem) => problems.push(problem)) };
}

const untracked = (value: number): Problem => ({ kind: 'untracked', message: `user ${value}`, feature: 'user' });
const unserved: Problem = { kind: 'unserved', message: 'not given', setting: 'size' };

it('reports each problem once, and again when it is forgotten', () => {
  const { problems, log } = collecting();
  for (let turn = 0; turn < 3; turn += 1) log.report(unserved);
  expect(problems).toEqual([unserved]);
  log.forget('unserved');
  log.report(unserved);
  expect(problems).toEqual([unserved, unserved]);
});

it('very many problems of one kind silence that kind, which it says, and no other', () => {
  const { problems, log } = collecting();
  for (let value = 1; value <= 1500; value += 1) log.report(untracked(value));
  expect(problems).toHaveLength(1000);
  expect(problems.slice(998).map(({ message }) => message)).toEqual([
    'user 999',
    'user 1000 (no more problems of the kind "untracked" are reported)',
  ]);
  log.report(unserved);
  expect(problems.at(-1)).toEqual(unserved);
});

it('a listener that throws disturbs nobody', () => {
  const printed: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => void printed.push(args);
  try {
    new ProblemLog(() => {
      throw new Error('mine');
    }).report(unserved);
  } finally {
    console.error = error;
  }
  expect(printed).toMatchObject([['heksher: a listener threw', { message: 'mine' }]]);
});
