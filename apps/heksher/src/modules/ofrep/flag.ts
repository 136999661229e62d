import { type Evaluation, type HeksherError, invalid, quoted, type Rollout } from '@heksher/core';
import { errorCodeOf } from './ofrep-error.js';

/** OpenFeature's reasons, as far as they can be ours. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED';

/** What a flag tells of its setting, and what decides whether a default was the only thing to expect. */
export type FlagSetting = Readonly<{
  version: string;
  rollouts: readonly Pick<Rollout, 'enabled'>[];
}>;

/**
 * The JSON of a flag: a setting's value in a context, and why. The value is copied out as it is stored.
 * Throws 'invalid' about `value` where no client could read that.
 */
export function writeFlag(key: string, setting: FlagSetting, hasRules: boolean, evaluation: Evaluation): string {
  const { value } = evaluation;
  if (!isReadable(value)) throw invalid(`the stored value ${quoted(value)} is not JSON`, 'value');
  const reason = reasonOf(setting, hasRules, evaluation);
  const told = `"reason":"${reason}","variant":${JSON.stringify(variantOf(evaluation))}`;
  return `{"key":${JSON.stringify(key)},"value":${value},${told},"metadata":${metadataOf(setting, evaluation)}}`;
}

/** The JSON that stands in the place of a flag that cannot be told. */
export function writeFlagError(key: string, { message, errors }: HeksherError): string {
  return JSON.stringify({ key, errorCode: errorCodeOf(errors), errorDetails: message });
}

/** A variant is drawn, and a percentage is: whom a rollout names, by id or pattern, and gives its one value is targeted. */
export function reasonOf({ rollouts }: FlagSetting, hasRules: boolean, evaluation: Evaluation): Reason {
  switch (evaluation.reason) {
    case 'RULE':
      return 'TARGETING_MATCH';
    case 'ROLLOUT':
      return evaluation.by === 'percentage' || evaluation.variant !== undefined ? 'SPLIT' : 'TARGETING_MATCH';
    case 'DEFAULT':
      if (hasRules) return 'DEFAULT';
      if (rollouts.length === 0) return 'STATIC';
      return rollouts.some(({ enabled }) => enabled) ? 'DEFAULT' : 'DISABLED';
  }
}

/** Flags always have a variant: that of the rollout, or the name of whatever the value comes from. */
export function variantOf(evaluation: Evaluation): string {
  switch (evaluation.reason) {
    case 'RULE':
      return `rule-${evaluation.ruleId}`;
    case 'ROLLOUT':
      return evaluation.variant ?? `rollout-${evaluation.rolloutId}`;
    case 'DEFAULT':
      return 'default';
  }
}

/** Clients keep members that are texts, numbers or booleans only. */
function metadataOf({ version }: FlagSetting, evaluation: Evaluation): string {
  const setting = `"version":${JSON.stringify(version)}}`;
  if (evaluation.reason === 'RULE') return `{"rule_id":${evaluation.ruleId},${setting}`;
  if (evaluation.reason === 'ROLLOUT') return `{"rollout_id":${evaluation.rolloutId},${setting}`;
  return `{${setting}`;
}

/** Most values, recognized without parsing them. */
const PLAIN = /^(?:true|false|null|0|-?[1-9][0-9]{0,15}|"[^"\\\p{Cc}]*")$/u;

/** Whether a client's parser takes the text. The database sees to it, as long as nobody takes its constraints away. */
function isReadable(text: string): boolean {
  if (PLAIN.test(text)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
