import { jsonText, type Step } from '@heksher/core';
import { writeExplanation } from './step-answer.js';

it('an explanation is written in steps, of which none writes very many', () => {
  const rule = { id: 1, conditions: [['user', 'jim']] as const, value: jsonText('1') };
  const steps = Array.from({ length: 1_000 }, (_, index): Step => {
    return { kind: 'rule', position: index + 1, outcome: 'does-not-match', rule, failed: ['user', 'jim'] };
  });
  const writing = writeExplanation({ steps, omitted: 2 }, { context: new Map(), problemOf: () => undefined });
  let taken = 1;
  let result = writing.next();
  for (; result.done !== true; result = writing.next()) taken += 1;
  expect(taken).toBeGreaterThan(1_000 / 100);
  const written = JSON.parse(`{${result.value}}`) as { steps: unknown[]; omitted: number };
  expect(written.steps).toHaveLength(1_000);
  expect(written.omitted).toBe(2);
});
