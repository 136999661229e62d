import { setImmediate as turn } from 'node:timers/promises';
import { BetweenScrapes } from './between-scrapes.js';

test('each scrape is told what was read after the one before, and nothing is read where there is none', async () => {
  let reads = 0;
  const between = new BetweenScrapes(() => Promise.resolve((reads += 1)), 0);
  await turn();
  expect(reads).toBe(0);
  const told = [];
  for (let scrape = 0; scrape < 3; scrape += 1) {
    told.push(between.now());
    await turn();
  }
  expect(told).toEqual([0, 1, 2]);
});

test('what cannot be read is not told as it was', async () => {
  const answers = [Promise.resolve('read'), Promise.reject(new Error('away')), Promise.resolve('read again')];
  const between = new BetweenScrapes<string | undefined>(() => answers.shift() ?? Promise.resolve('more'), undefined);
  const told = [];
  for (let scrape = 0; scrape < 4; scrape += 1) {
    told.push(between.now());
    await turn();
  }
  expect(told).toEqual([undefined, 'read', undefined, 'read again']);
});
