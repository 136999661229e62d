import { HeksherError } from '@heksher/core';
import { type EnvironmentReader } from './environment.js';
import { type TraceOptions } from './tracing/start-tracing.js';

const USUAL_RATIO = 0.001;

/**
 * Traces are made where OpenTelemetry's own variables say where they go. What these say beside that is read by the SDK, and a
 * mistake in them is none of ours: they are given to all programs of a cluster.
 */
export function readTracing(reader: EnvironmentReader): TraceOptions | undefined {
  const ratio = reader.parsed('HEKSHER_TRACE_RATIO', parseRatio) ?? USUAL_RATIO;
  const endpoints = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  const isAsked = endpoints.some((name) => reader.text(name, '') !== '');
  const isDisabled = reader.text('OTEL_SDK_DISABLED', '').toLowerCase() === 'true';
  const isElsewhere = reader.text('OTEL_TRACES_EXPORTER', 'otlp').toLowerCase() !== 'otlp';
  return isAsked && !isDisabled && !isElsewhere ? { ratio } : undefined;
}

function parseRatio(text: string): number {
  const ratio = /^[01](\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new HeksherError('invalid', `must be a number from 0 to 1, such as 0.01, not "${text}"`);
}
