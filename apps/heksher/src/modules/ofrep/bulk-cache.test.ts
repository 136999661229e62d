import { BulkCache } from './bulk-cache.js';

/** Asks for a body so many times, and says how often it was made. */
function timesMade(answers: BulkCache, etag: string, turns: number, length = 10): number {
  let made = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const kept = answers.get(etag);
    if (kept !== undefined) {
      expect(kept.toString('latin1')).toBe(Buffer.alloc(length, etag).toString('latin1'));
      continue;
    }
    made += 1;
    answers.add(etag, Buffer.alloc(length, etag));
  }
  return made;
}

it('what is asked for the second time is kept', () => {
  const answers = new BulkCache(10_000);
  expect(timesMade(answers, '"a"', 5)).toBe(2);
  expect(timesMade(answers, '"b"', 1)).toBe(1);
  expect(timesMade(answers, '"a"', 3)).toBe(0);
});

it('no more is kept than the bound allows, the least recently used is forgotten first', () => {
  const answers = new BulkCache(10_000);
  timesMade(answers, '"a"', 2, 4_000);
  timesMade(answers, '"b"', 2, 4_000);
  timesMade(answers, '"a"', 1, 4_000);
  timesMade(answers, '"c"', 2, 4_000);
  expect(timesMade(answers, '"a"', 1, 4_000)).toBe(0);
  expect(timesMade(answers, '"b"', 1, 4_000)).toBe(1);
});

it('nothing is kept where that is larger than all, or nothing may be', () => {
  expect(timesMade(new BulkCache(1_000), '"a"', 4, 2_000)).toBe(4);
  expect(timesMade(new BulkCache(0), '"a"', 4)).toBe(4);
});
