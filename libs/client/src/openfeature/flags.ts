import {
  type EvaluationContext,
  type FlagMetadata,
  type JsonValue,
  type ResolutionReason,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import { type GivenContext } from '../context.js';
import { type Alternatives, type SettingEvaluation } from '../reading.js';

const LONGEST_TEXT = 255;

/**
 * Reads an evaluation context as the service does, which is sent it as JSON: numbers, booleans and dates are their text, and what is
 * no value of a feature is as absent. The targeting key stands for `targetingFeature`, unless that is given by its own name.
 */
export function givenContextOf(context: EvaluationContext, targetingFeature: string | undefined): GivenContext {
  const given = new Map<string, string>();
  const { targetingKey } = context;
  const unit = targetingKey === undefined ? undefined : textOf(targetingKey);
  if (targetingFeature !== undefined && unit !== undefined) given.set(targetingFeature, unit);
  for (const [name, value] of Object.entries(context)) {
    const text = textOf(value);
    if (text !== undefined) given.set(name, text);
  }
  return Object.fromEntries(given);
}

function textOf(value: unknown): string | undefined {
  const text = value instanceof Date ? textOfDate(value) : textOfPrimitive(value);
  return text === undefined || text === '' || isTooLong(text) ? undefined : text;
}

function textOfDate(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function textOfPrimitive(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** The limit counts code points, of which a text has at least half as many as it has units. */
function isTooLong(text: string): boolean {
  if (text.length <= LONGEST_TEXT) return false;
  return text.length > 2 * LONGEST_TEXT || [...text].length > LONGEST_TEXT;
}

/** A copy of a setting's value as JSON: the options of Flags are a list. */
export function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (value instanceof Set || Array.isArray(value)) return Array.from<unknown, JsonValue>(value, jsonOf);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} is no value of a setting`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

export function isBoolean(json: JsonValue): json is boolean {
  return typeof json === 'boolean';
}

export function isString(json: JsonValue): json is string {
  return typeof json === 'string';
}

export function isNumber(json: JsonValue): json is number {
  return typeof json === 'number';
}

/** Lists and null, too, as JavaScript has it. */
export function isStructure(json: JsonValue): json is JsonValue & (object | null) {
  return typeof json === 'object';
}

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
