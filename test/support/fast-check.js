// What tests import as 'fast-check': the same library, with the same inputs each time, so that a test that passed here passes elsewhere.
// HEKSHER_TEST_SEED takes another seed: a whole number, or `random` for a new one in each file (a property that fails prints its own).
import * as fc from '../../node_modules/fast-check/lib/fast-check.js';

const given = process.env.HEKSHER_TEST_SEED ?? '20261128';
if (given !== 'random') {
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error(`HEKSHER_TEST_SEED is "${given}", not a whole number or "random".`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}

export * from '../../node_modules/fast-check/lib/fast-check.js';
export { default } from '../../node_modules/fast-check/lib/fast-check.js';
