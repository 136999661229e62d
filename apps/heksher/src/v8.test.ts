import { setImmediate } from 'node:timers/promises';
import { collectGarbage } from './v8.js';

it('collects what nobody holds any more, time and again, and leaves no global behind', async () => {
  for (let time = 0; time < 2; time += 1) {
    const { dropped, held } = objects();
    // What was looked at by a weak reference is held until the end of the turn.
    await setImmediate();
    collectGarbage();
    expect(dropped.deref()).toBeUndefined();
    expect(held).toEqual({ held: true });
  }
  expect('gc' in globalThis).toBe(false);
});

function objects(): Readonly<{ dropped: WeakRef<object>; held: object }> {
  return { dropped: new WeakRef({ held: false }), held: { held: true } };
}
