import { jest } from '@jest/globals';

/** Carries out work while the clocks of this process, that of the day and the monotonic one, are some seconds off. */
export async function atClock<T>(offS: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now.bind(Date);
  const monotonic = performance.now.bind(performance);
  const clocks = [
    jest.spyOn(Date, 'now').mockImplementation(() => real() + offS * 1_000),
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + offS * 1_000),
  ];
  try {
    return await work();
  } finally {
    for (const clock of clocks) clock.mockRestore();
  }
}
