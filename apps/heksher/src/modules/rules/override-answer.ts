import { rawJson, type RawJson } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { writableMetadata } from '../../metadata-answer.js';
import { type StoredRule } from './rules.store.js';

/** A rule without conditions as the override of its setting. */
export function overrideAnswer({ id, value, metadata }: StoredRule): RawJson {
  return jsonAnswer({ value: rawJson(value), metadata: writableMetadata(metadata), rule_id: id });
}
