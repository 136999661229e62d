import {
  alternativesIn,
  type Decision,
  flagMetadataOf,
  flagReasonOf,
  flagVariantOf,
  HeksherError,
  type InSteps,
  invalid,
  isJsonInSteps,
  quoted,
  type Rollout,
} from '@heksher/core';
import { errorCodeOf } from './ofrep-error.js';

/** What a flag says of its setting, and what decides whether a default was the only thing to expect. */
export type FlagSetting = Readonly<{
  version: string;
  rollouts: readonly Pick<Rollout, 'enabled'>[];
}>;

/**
 * The JSON of a flag: a setting's value in a context, and why. The value is copied out as it is stored.
 * Throws 'invalid' about `value` where no client could read that.
 */
export function* writeFlag(key: string, setting: FlagSetting, hasRules: boolean, decision: Decision): InSteps<string> {
  const { value } = decision;
  if (!(value.length < LONG ? isReadable(value) : yield* isJsonInSteps(value)))
    throw invalid(`the stored value ${quoted(value)} is not JSON`, 'value');
  const reason = flagReasonOf(decision, alternativesIn(hasRules, setting.rollouts));
  const variant = JSON.stringify(flagVariantOf(decision));
  const metadata = JSON.stringify({ ...flagMetadataOf(decision), version: setting.version });
  return `{"key":${JSON.stringify(key)},"value":${value},"reason":"${reason}","variant":${variant},"metadata":${metadata}}`;
}

/** A flag among others, by its canonical name: its bytes with a comma before them. What no client could read is an error. */
export function* flagBytes(
  setting: FlagSetting & Readonly<{ name: string }>,
  hasRules: boolean,
  decision: Decision,
): InSteps<Buffer> {
  try {
    return Buffer.from(`,${yield* writeFlag(setting.name, setting, hasRules, decision)}`);
  } catch (error) {
    if (error instanceof HeksherError) return Buffer.from(`,${writeFlagError(setting.name, error)}`);
    throw error;
  }
}

/** The JSON that stands in the place of a flag that cannot be given. */
export function writeFlagError(key: string, { message, errors }: HeksherError): string {
  return JSON.stringify({ key, errorCode: errorCodeOf(errors), errorDetails: message });
}

/** JSON.parse of a value that is longer may take many milliseconds. */
const LONG = 65_536;

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
