import { isFeatureValue, type Json } from '@heksher/core';

/**
 * The value of a context feature that JSON stands for: a text for itself, a number or a boolean for its JSON text. Undefined
 * where it stands for none.
 */
export function featureValueOf(json: Json): string | undefined {
  const text = textOf(json);
  return text !== undefined && isFeatureValue(text) ? text : undefined;
}

function textOf(json: Json): string | undefined {
  switch (json.kind) {
    case 'string':
      return json.value;
    case 'number':
    case 'boolean':
      return json.text;
    default:
      return undefined;
  }
}
