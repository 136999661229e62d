import { readTracing } from './config-tracing.js';
import { EnvironmentReader } from './environment.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test.each([
  ['nothing is said', {}, undefined],
  ['an endpoint is', ENDPOINT, { ratio: 0.001 }],
  ['an endpoint of traces is', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector/traces' }, { ratio: 0.001 }],
  ['a ratio is too', { ...ENDPOINT, HEKSHER_TRACE_RATIO: '1' }, { ratio: 1 }],
  ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, undefined],
  ['traces go elsewhere', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'console' }, undefined],
])('where %s', (_what, env, expected) => {
  expect(readTracing(new EnvironmentReader(env))).toEqual(expected);
});

test.each(['2', '-1', 'all', '1.5', '0.'])('the ratio %s is refused', (ratio) => {
  const reader = new EnvironmentReader({ ...ENDPOINT, HEKSHER_TRACE_RATIO: ratio });
  readTracing(reader);
  expect(() => reader.throwProblems()).toThrow(`must be a number from 0 to 1, such as 0.01, not "${ratio}"`);
});
