import { rawJson, type RawJson, type Writable, writeJson } from '@heksher/core';
import { type Metadata } from './metadata.store.js';

/** Metadata as a member of an answer, its values as they are stored. */
export function writableMetadata(metadata: Metadata): Writable {
  return new Map([...metadata].map(([key, value]) => [key, rawJson(value)]));
}

/** The answer `{"metadata": {…}}`. */
export function metadataAnswer(metadata: Metadata): RawJson {
  return rawJson(writeJson({ metadata: writableMetadata(metadata) }));
}
