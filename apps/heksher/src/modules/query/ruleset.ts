import { admits, type Condition, type ContextFilter, type JsonText, rawJson, type Writable, writeJson } from '@heksher/core';

/** A rule as readers see it: conditions in feature order, value and metadata as exact JSON text. */
export type RulesetRule = Readonly<{
  id: number;
  value: JsonText;
  conditions: readonly Condition[];
  metadata: JsonText;
}>;

/** A setting with its rules by ascending id, those left out that an older rule with the same conditions shadows. */
export type RulesetSetting = Readonly<{ name: string; defaultValue: JsonText; rules: readonly RulesetRule[] }>;

/** The body of a query's answer: of each setting the rules that the filter admits. */
export function writeAnswer(
  settings: Iterable<RulesetSetting>,
  filter: ContextFilter,
  includeMetadata: boolean,
): JsonText {
  const answers = new Map<string, Writable>();
  for (const { name, defaultValue, rules } of settings) {
    const admitted = rules.filter(({ conditions }) => admits(filter, conditions));
    answers.set(name, {
      rules: admitted.map((rule) => ruleAnswer(rule, includeMetadata)),
      default_value: rawJson(defaultValue),
    });
  }
  return writeJson({ settings: answers });
}

function ruleAnswer({ id, value, conditions, metadata }: RulesetRule, includeMetadata: boolean): Writable {
  return {
    value: rawJson(value),
    context_features: conditions,
    rule_id: id,
    metadata: includeMetadata ? rawJson(metadata) : undefined,
  };
}
