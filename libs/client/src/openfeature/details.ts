import { type Alternatives, flagMetadataOf, flagReasonOf, flagVariantOf } from '@heksher/core';
import { type FlagMetadata, type ResolutionReason } from '@openfeature/server-sdk';
import { type SettingEvaluation } from '../reading.js';

/** What OpenFeature is told of a decision beside the value. */
export type Details = Readonly<{ reason: ResolutionReason; variant: string; flagMetadata: FlagMetadata }>;

/** The same words as those of the service's own OpenFeature endpoint. */
export function detailsOf(evaluation: SettingEvaluation<unknown>, alternatives: Alternatives): Details {
  return {
    reason: flagReasonOf(evaluation, alternatives),
    variant: flagVariantOf(evaluation),
    flagMetadata: flagMetadataOf(evaluation),
  };
}
