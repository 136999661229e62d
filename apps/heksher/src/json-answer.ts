import { rawJson, type RawJson, type Writable, writeJson } from '@heksher/core';

/** A body of an answer: Nest's own serialization would not keep RawJson and Map. */
export function jsonAnswer(value: Writable): RawJson {
  return rawJson(writeJson(value));
}
