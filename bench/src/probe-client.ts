import { once } from 'node:events';
import { type Service } from './service.js';

/** The longest that the event loop was held since this was asked last, in milliseconds. */
export async function longestBlock({ child }: Service): Promise<number> {
  const answered = once(child, 'message');
  child.send('longest block');
  const [ms] = (await answered) as [number];
  return ms;
}

/** How long it took to find out who sends each request by credentials that were not known, in milliseconds; at first nothing, from then on all. */
export async function firstUsesOf({ child }: Service): Promise<readonly number[]> {
  const answered = once(child, 'message');
  child.send('first uses');
  const [times] = (await answered) as [readonly number[]];
  return times;
}
