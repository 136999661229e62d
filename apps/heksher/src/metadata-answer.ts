import { rawJson, type RawJson, type Writable } from '@heksher/core';
import { jsonAnswer } from './json-answer.js';
import { type Metadata } from '@heksher/ruleset';

/** Metadata as a member of an answer, its values as they are stored. */
export function writableMetadata(metadata: Metadata): Writable {
  return new Map([...metadata].map(([key, value]) => [key, rawJson(value)]));
}

/** The answer `{"metadata": {…}}`. */
export function metadataAnswer(metadata: Metadata): RawJson {
  return jsonAnswer({ metadata: writableMetadata(metadata) });
}
