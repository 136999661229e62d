import { contextValueOf, isFeatureValue, type Json } from '@heksher/core';

/** The value of a context feature that JSON stands for; undefined where it stands for none. */
export function featureValueOf(json: Json): string | undefined {
  const text = contextValueOf(json);
  return text !== undefined && isFeatureValue(text) ? text : undefined;
}
