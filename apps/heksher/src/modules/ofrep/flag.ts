import {
  alternativesIn,
  type Evaluation,
  flagMetadataOf,
  flagReasonOf,
  flagVariantOf,
  type HeksherError,
  invalid,
  quoted,
  type Rollout,
} from '@heksher/core';
import { errorCodeOf } from './ofrep-error.js';

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
  const reason = flagReasonOf(evaluation, alternativesIn(hasRules, setting.rollouts));
  const variant = JSON.stringify(flagVariantOf(evaluation));
  const metadata = JSON.stringify({ ...flagMetadataOf(evaluation), version: setting.version });
  return `{"key":${JSON.stringify(key)},"value":${value},"reason":"${reason}","variant":${variant},"metadata":${metadata}}`;
}

/** The JSON that stands in the place of a flag that cannot be told. */
export function writeFlagError(key: string, { message, errors }: HeksherError): string {
  return JSON.stringify({ key, errorCode: errorCodeOf(errors), errorDetails: message });
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
