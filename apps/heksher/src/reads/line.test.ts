import { setTimeout as sleep } from 'node:timers/promises';
import { Line } from './line.js';
import { type Receiver } from './receiver.js';

/** Asks for work that takes a moment, and notes how much of it is under way. */
function scene() {
  const line = new Line();
  const results: (string | Error)[] = [];
  const begun: string[] = [];
  let underWay = 0;
  let most = 0;
  const ask = (name: string, fails = false) => {
    const receiver = {
      isGone: false,
      ready: (value: string) => void results.push(value),
      failed: (error: unknown) => void results.push(error as Error),
    };
    line.enter(receiver, (turn: Receiver<string>) => {
      begun.push(name);
      most = Math.max(most, (underWay += 1));
      setTimeout(() => {
        underWay -= 1;
        if (fails) turn.failed(new Error(name));
        else turn.ready(name);
      }, 2);
    });
    return receiver;
  };
  return { ask, results, begun, most: () => most };
}

it('one is under way at a time, in the order they came in, also after one that failed', async () => {
  const { ask, results, most } = scene();
  ask('a');
  ask('b', true);
  for (let index = 0; index < 20; index += 1) ask(`c${index}`);
  while (results.length < 22) await sleep(2);
  expect(most()).toBe(1);
  expect(results.slice(0, 3)).toEqual(['a', new Error('b'), 'c0']);
  ask('later');
  while (results.length < 23) await sleep(2);
  expect(results.at(-1)).toBe('later');
});

it('what nobody waits for any more is left out', async () => {
  const { ask, results, begun } = scene();
  ask('a');
  ask('b').isGone = true;
  ask('c');
  while (results.length < 2) await sleep(2);
  expect(begun).toEqual(['a', 'c']);
});
