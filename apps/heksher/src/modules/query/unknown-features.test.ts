import { Writable } from 'node:stream';
import { Logger, openSinks } from '../logging/index.js';
import { UnknownFeatureReporter } from './unknown-features.js';

function reporting() {
  const reported: unknown[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      reported.push((JSON.parse(String(chunk)) as Record<string, unknown>)['context_feature']);
      done();
    },
  });
  const options = { level: 'info', format: 'json', version: 'test' } as const;
  const reporter = new UnknownFeatureReporter(new Logger(options, 'query', openSinks(options, output)));
  return { reporter, reported };
}

const MINUTE = 60_000;

it('logs each feature once in ten minutes, however often it is asked for', () => {
  const { reporter, reported } = reporting();
  for (let now = 0; now < 10 * MINUTE; now += MINUTE) {
    reporter.report('rank', now);
    reporter.report('__proto__', now);
  }
  expect(reported).toEqual(['rank', '__proto__']);
  reporter.report('rank', 10 * MINUTE);
  reporter.report('rank', 10 * MINUTE + 1);
  expect(reported).toEqual(['rank', '__proto__', 'rank']);
});

it('logs a thousand in that time, whatever names are made up, and goes on after it', () => {
  const { reporter, reported } = reporting();
  for (let request = 0; request < 5_000; request += 1) reporter.report(`made_up_${request}`, request);
  expect(reported).toEqual(Array.from({ length: 1_000 }, (_, index) => `made_up_${index}`));
  reporter.report('made_up_4999', 10 * MINUTE);
  reporter.report('made_up_4998', 10 * MINUTE);
  expect(reported.slice(1_000)).toEqual(['made_up_4999']);
  reporter.report('made_up_4998', 10 * MINUTE + 1);
  expect(reported.slice(1_000)).toEqual(['made_up_4999', 'made_up_4998']);
});
