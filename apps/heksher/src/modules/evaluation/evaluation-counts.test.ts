import { Metrics } from '../../metrics/metrics.js';
import { EvaluationCounts, REASON_CODES } from './evaluation-counts.js';

const MOST = 1_000;

test('of more settings than are told apart, the others are counted together', async () => {
  const metrics = new Metrics();
  const counts = new EvaluationCounts(true, metrics);
  for (let round = 0; round < 2; round += 1)
    for (let index = 0; index < MOST + 7; index += 1) counts.addSetting(`s${index}`);
  const lines = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('heksher_setting_evaluations_total'));
  expect(lines).toHaveLength(MOST + 1);
  expect(lines).toContain('heksher_setting_evaluations_total{setting="s0"} 2');
  expect(lines).toContain('heksher_setting_evaluations_total{setting="_other"} 14');
});

test('settings are not told apart where nobody asks for it, and reasons always are', async () => {
  const metrics = new Metrics();
  const counts = new EvaluationCounts(false, metrics);
  counts.addSetting('s');
  const tally = counts.of('ofrep_bulk');
  tally[REASON_CODES.SPLIT] = 3;
  const text = await metrics.text();
  expect(text).not.toContain('heksher_setting_evaluations_total');
  expect(text).toContain('heksher_evaluations_total{api="ofrep_bulk",reason="split"} 3');
});
