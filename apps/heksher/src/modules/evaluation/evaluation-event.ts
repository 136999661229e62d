import { type Decision, flagVariantOf } from '@heksher/core';
import { type Span } from '../../tracing/span.js';

/** What of an evaluation is told. */
export type Evaluated = Readonly<{
  key: string;
  decision: Decision;
  /** As OFREP has it, such as `TARGETING_MATCH`. */
  reason: string;
  /** The number of the revision. */
  revision: string;
}>;

/** Longer values are left out. */
const MOST_VALUE = 256;

const COMMON = { 'feature_flag.provider.name': 'heksher' };

/**
 * Notes a single evaluation on the span of its request, as OpenTelemetry names it. The context is left out, since it is of a person
 * more often than not.
 */
export function noteEvaluation(span: Span, { key, decision, reason, revision }: Evaluated): void {
  const variant = flagVariantOf(decision);
  const { value } = decision;
  span.event('feature_flag.evaluation', {
    ...COMMON,
    'feature_flag.key': key,
    'feature_flag.result.reason': reason.toLowerCase(),
    'feature_flag.result.variant': variant,
    ...(value.length <= MOST_VALUE && { 'feature_flag.result.value': value }),
    'feature_flag.version': revision,
  });
}

/** Notes that there is no such flag. */
export function noteUnknownFlag(span: Span, key: string): void {
  span.event('feature_flag.evaluation', {
    ...COMMON,
    'feature_flag.key': key,
    'feature_flag.result.reason': 'error',
    'error.type': 'flag_not_found',
  });
}
