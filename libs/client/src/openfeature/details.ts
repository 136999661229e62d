import { type FlagMetadata, type ResolutionReason, StandardResolutionReasons } from '@openfeature/server-sdk';
import { type Alternatives, type SettingEvaluation } from '../reading.js';

/** What OpenFeature is told of a decision beside the value. */
export type Details = Readonly<{ reason: ResolutionReason; variant: string; flagMetadata: FlagMetadata }>;

/** The same words as those of the service's own OpenFeature endpoint. */
export function detailsOf(evaluation: SettingEvaluation<unknown>, alternatives: Alternatives): Details {
  const { reason, ruleId, rolloutId } = evaluation;
  switch (reason) {
    case 'RULE': {
      const rule_id = ruleId ?? 0;
      return {
        reason: StandardResolutionReasons.TARGETING_MATCH,
        variant: `rule-${rule_id}`,
        flagMetadata: { rule_id },
      };
    }
    case 'ROLLOUT': {
      const rollout_id = rolloutId ?? 0;
      return {
        reason: reasonOfRollout(evaluation),
        variant: evaluation.variant ?? `rollout-${rollout_id}`,
        flagMetadata: { rollout_id },
      };
    }
    case 'DEFAULT':
      return { reason: REASONS_OF_DEFAULTS[alternatives], variant: 'default', flagMetadata: {} };
  }
}

/** Variants and percentages are drawn; a unit that is named, by id or pattern, is targeted. */
function reasonOfRollout({ by, variant }: SettingEvaluation<unknown>): ResolutionReason {
  const isDrawn = by === 'percentage' || variant !== undefined;
  return isDrawn ? StandardResolutionReasons.SPLIT : StandardResolutionReasons.TARGETING_MATCH;
}

const REASONS_OF_DEFAULTS: Readonly<Record<Alternatives, ResolutionReason>> = {
  none: StandardResolutionReasons.STATIC,
  disabled: StandardResolutionReasons.DISABLED,
  some: StandardResolutionReasons.DEFAULT,
};
