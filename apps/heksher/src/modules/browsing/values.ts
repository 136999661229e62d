import { type InSteps, notFound, writeJson } from '@heksher/core';
import { featureValues, type Ruleset } from '@heksher/ruleset';
import { readParameters } from '../../http/parameters.js';
import { anyText, limit, USUAL_PAGE } from './parameters.js';

const READERS = { prefix: anyText, limit };

export type ValuesRequest = ReturnType<typeof parseValuesRequest>;

export function parseValuesRequest(queryString: string) {
  return readParameters(queryString, READERS).parameters;
}

/** The values of a feature that conditions name, those used most first, as JSON. */
export function* writeValues(
  ruleset: Ruleset,
  feature: string,
  { prefix = '', limit: most = USUAL_PAGE }: ValuesRequest,
): InSteps<string> {
  if (!ruleset.features.has(feature)) throw notFound('context feature', feature);
  const { values, total } = yield* featureValues(ruleset, feature, prefix, most);
  const shown = values.map(({ value, rules, rollouts }) => ({ value, rule_count: rules, rollout_count: rollouts }));
  return writeJson({ values: shown, total });
}
