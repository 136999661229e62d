import { isGranted } from './who.js';

it.each([
  [['*'], 'billing.rate', true],
  [['billing.*'], 'billing.eu.rate', true],
  [['billing.*'], 'billing', false],
  [['billing.*'], 'billings.rate', false],
  [['billing.rate'], 'billing.rate', true],
  [['billing.*'], '*', false],
  [['*'], '*', true],
  [[], undefined, false],
  [['billing.*'], undefined, true],
])('%j grants %s: %s', (patterns, setting, granted) => {
  expect(isGranted(patterns, setting)).toBe(granted);
});
