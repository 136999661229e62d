import { once } from 'node:events';
import { type Service } from './service.js';

/** The longest that the event loop was held since this was asked last, in milliseconds. */
export async function longestBlock({ child }: Service): Promise<number> {
  const answered = once(child, 'message');
  child.send('longest block');
  const [ms] = (await answered) as [number];
  return ms;
}
