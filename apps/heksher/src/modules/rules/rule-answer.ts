import { notFound, rawJson, type RawJson } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { metadataAnswer, writableMetadata } from '../../metadata-answer.js';
import { type Resource } from '../../writes.js';
import { findRule, type StoredRule } from './rules.store.js';

/** A rule as the API shows it, its value as it is stored. */
export function ruleAnswer({ setting, value, conditions, metadata }: StoredRule): RawJson {
  return jsonAnswer({
    setting,
    value: rawJson(value),
    feature_values: conditions,
    metadata: writableMetadata(metadata),
  });
}

const COLUMNS = { rules: 'id', conditions: 'rule', rule_metadata: 'rule' };

/** Where the change log has a rule. */
export function traceOf({
  id,
  setting,
}: StoredRule): Readonly<{ setting: string; columns: typeof COLUMNS; key: number }> {
  return { setting, columns: COLUMNS, key: id };
}

/** What writes to the rule of that id are about. */
export const theRule =
  (id: number): Resource =>
  async (db) => {
    const rule = await findRule(db, id);
    if (rule === undefined) throw notFound('rule', id);
    return { answers: [ruleAnswer(rule), metadataAnswer(rule.metadata)], trace: traceOf(rule) };
  };
