import { jest } from '@jest/globals';

/** Carries out work while the clock of this process is some seconds off. */
export async function atClock<T>(offS: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now.bind(Date);
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + offS * 1_000);
  try {
    return await work();
  } finally {
    clock.mockRestore();
  }
}
