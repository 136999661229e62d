import { type Problem } from '../problems.js';
import { ProblemLog } from '../problems.js';
import { type SettingEvaluation } from '../reading.js';
import { type PreparedSetting } from '../resolution/prepare.js';
import { type EvaluationQueue } from './evaluation-queue.js';
import { RemoteEvaluator } from './remote-evaluator.js';

const PREPARED = { features: ['user'] } as unknown as PreparedSetting;

/** An evaluator whose requests the test answers. */
function evaluatorOf(maxAgeMs = 60_000) {
  const problems: Problem[] = [];
  const closing = new AbortController();
  const asked: { user: string | undefined; answer: (value: unknown) => void; fail: () => void }[] = [];
  const queue: Pick<EvaluationQueue, 'evaluate' | 'isFull'> = {
    isFull: () => asked.length >= 5,
    evaluate: (_, context) =>
      new Promise<SettingEvaluation<unknown>>((resolve, reject) => {
        const answer = (value: unknown) => resolve({ value, reason: 'ROLLOUT' });
        asked.push({ user: context.get('user'), answer, fail: () => reject(new Error('down')) });
      }),
  };
  const remote = new RemoteEvaluator(
    queue,
    new ProblemLog((problem) => problems.push(problem)),
    maxAgeMs,
    closing.signal,
  );
  return {
    asked,
    problems,
    close: () => closing.abort(),
    recall: (user: string) => remote.recall('size', PREPARED, new Map([['user', user]]))?.value,
    ask: async (user: string) =>
      (
        await remote.ask(
          'size',
          PREPARED,
          new Map([
            ['user', user],
            ['theme', 'x'],
          ]),
        )
      )?.value,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('asks once however often it is read, and then remembers, for each context by itself', async () => {
  const { asked, recall, ask } = evaluatorOf();
  expect([recall('jim'), recall('jim'), recall('bob')]).toEqual([undefined, undefined, undefined]);
  const asking = ask('jim');
  expect(asked.map(({ user }) => user)).toEqual(['jim', 'bob']);
  asked[0]?.answer(1);
  expect(await asking).toBe(1);
  expect([recall('jim'), recall('bob'), await ask('jim')]).toEqual([1, undefined, 1]);
  expect(asked).toHaveLength(2);
});

it('gives an old answer while it asks again', async () => {
  const { asked, recall } = evaluatorOf(0);
  recall('jim');
  asked[0]?.answer(1);
  await settled();
  expect(recall('jim')).toBe(1);
  expect(asked).toHaveLength(2);
  asked[1]?.answer(2);
  await settled();
  expect(recall('jim')).toBe(2);
});

it('after a failure does not ask in the background for a while, reports it once, and still asks for who waits', async () => {
  const { asked, problems, recall, ask } = evaluatorOf();
  recall('jim');
  asked[0]?.fail();
  await settled();
  expect([recall('jim'), recall('bob')]).toEqual([undefined, undefined]);
  expect(asked).toHaveLength(1);
  const asking = ask('jim');
  asked[1]?.fail();
  expect(await asking).toBeUndefined();
  expect(problems.map(({ message }) => message)).toEqual([
    'members of rollouts of "size" are not known here, and could not be asked for: down',
  ]);
});

it('does not ask in the background while too many questions wait', () => {
  const { asked, recall } = evaluatorOf();
  for (let user = 0; user < 20; user += 1) recall(`user${user}`);
  expect(asked).toHaveLength(5);
});

it('does not ask about what can be no member', async () => {
  const { asked, recall, ask } = evaluatorOf();
  expect([recall('no member'), await ask('no member')]).toEqual([undefined, undefined]);
  expect(asked).toEqual([]);
});

it('asks nothing once its client has closed, and reports nothing that fails by it', async () => {
  const { asked, problems, recall, ask, close } = evaluatorOf();
  recall('jim');
  close();
  asked[0]?.fail();
  expect([await ask('bob'), recall('bob'), await ask('jim')]).toEqual([undefined, undefined, undefined]);
  await settled();
  expect([asked.length, problems]).toEqual([1, []]);
});
