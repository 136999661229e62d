import { SingleFlight } from './concurrency.js';

/** Work whose runs end on command. */
function controlled() {
  const runs: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const flight = new SingleFlight(
    () => new Promise<void>((resolve, reject) => void runs.push({ succeed: resolve, fail: reject })),
  );
  return { runs, flight };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('those who ask during a run share the next one, and not the one that had begun', async () => {
  const { runs, flight } = controlled();
  const resolved: string[] = [];
  void flight.run().then(() => resolved.push('first'));
  for (const name of ['a', 'b', 'c']) void flight.run().then(() => resolved.push(name));
  expect(runs).toHaveLength(1);
  runs[0]?.succeed();
  await tick();
  expect(runs).toHaveLength(2);
  expect(resolved).toEqual(['first']);
  void flight.run().then(() => resolved.push('third'));
  runs[1]?.succeed();
  await tick();
  expect(resolved).toEqual(['first', 'a', 'b', 'c']);
  expect(runs).toHaveLength(3);
});

it('a failed run is the failure of those who asked for it only', async () => {
  const { runs, flight } = controlled();
  const [first, second] = [flight.run(), flight.run()];
  runs[0]?.fail(new Error('down'));
  await expect(first).rejects.toThrow('down');
  await tick();
  runs[1]?.succeed();
  await expect(second).resolves.toBeUndefined();
  await flight.settled();
});

it('never runs twice at a time, whenever it is called', async () => {
  let underWay = 0;
  let most = 0;
  const flight = new SingleFlight(async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await tick();
    underWay -= 1;
  });
  const asking = Array.from({ length: 50 }, async (_, index) => {
    for (let turn = 0; turn < index % 7; turn += 1) await (turn % 2 === 0 ? tick() : Promise.resolve());
    await flight.run();
    await flight.run();
  });
  await Promise.all(asking);
  await flight.settled();
  expect([most, underWay]).toEqual([1, 0]);
});
