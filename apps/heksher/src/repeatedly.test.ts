import { jest } from '@jest/globals';
import { repeatedly } from './repeatedly.js';

afterEach(() => jest.useRealTimers());

test('work is done after the first while, then after each other one, and no more once it is ended', () => {
  jest.useFakeTimers();
  const work = jest.fn();
  const end = repeatedly(work, 10, 1_000);
  const counts = [9, 1, 999, 1, 1_000].map((ms) => {
    jest.advanceTimersByTime(ms);
    return work.mock.calls.length;
  });
  expect(counts).toEqual([0, 1, 1, 2, 3]);
  end();
  jest.advanceTimersByTime(10_000);
  expect(work).toHaveBeenCalledTimes(3);
});
