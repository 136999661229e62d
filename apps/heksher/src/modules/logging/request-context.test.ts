import { setTimeout as sleep } from 'node:timers/promises';
import { currentRequestId, runWithRequestId } from './request-context.js';

describe('the request id', () => {
  it('follows its own request through awaits, beside other requests', async () => {
    const request = (id: string, ms: number) =>
      runWithRequestId(id, async () => {
        await sleep(ms);
        return currentRequestId();
      });
    expect(await Promise.all([request('a', 20), request('b', 5), request('c', 10)])).toEqual(['a', 'b', 'c']);
  });

  it('is absent outside of a request, also after one', () => {
    expect(runWithRequestId('a', () => currentRequestId())).toBe('a');
    expect(currentRequestId()).toBeUndefined();
  });
});
