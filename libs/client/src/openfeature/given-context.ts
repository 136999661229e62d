import { type EvaluationContext } from '@openfeature/server-sdk';
import { type GivenContext } from '../context/context.js';

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
