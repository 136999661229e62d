import { type InSteps } from '@heksher/core';
import {
  addText,
  addTextWithMetadata,
  admittedRules,
  preparePatterns,
  type Ruleset,
  type Setting,
  sizeOf,
} from '@heksher/ruleset';
import { type Body, bodyOf } from '../../body.js';
import { encode } from './encode.js';
import { strongEtag } from '../../etag.js';
import { type RulesQuery } from './query.js';
import { rolloutMembers } from './rollout-answer.js';

/** The answer to a query, ready to be sent. `headers` are those that describe the body, names and values alternating. */
export type Answer = Readonly<{ body: Body; etag: string; headers: readonly string[] }>;

/** Batch size: joining this many texts is one step. */
const TEXTS_PER_STEP = 4_096;

/** A longer answer is encoded in steps. */
const LONG = 262_144;

/**
 * Writes the answer with these settings. A client that evaluates settings itself, and so asks for rollouts, gets the order of
 * context features too.
 */
export function* writeAnswer(ruleset: Ruleset, settings: Iterable<Setting>, query: RulesQuery): InSteps<Answer> {
  const { filter, includeMetadata, includeRollouts } = query;
  const admit = admittedRules(ruleset, filter);
  const parts = ['{"settings":{'];
  let untilStep = TEXTS_PER_STEP;
  for (const setting of settings) {
    const { opening, closing } = setting;
    const admitted = admit(setting);
    parts.push(parts.length === 1 ? opening.slice(1) : opening);
    if (includeMetadata) yield* addTextWithMetadata(parts, admitted);
    else addText(parts, admitted);
    if (includeRollouts) {
      yield* preparePatterns(setting.rollouts);
      parts.push(closing.slice(0, -1), ',', yield* rolloutMembers(setting, query), '}');
    } else parts.push(closing);
    if ((untilStep -= 8 + sizeOf(admitted)) > 0) continue;
    untilStep = TEXTS_PER_STEP;
    yield;
  }
  parts.push(includeRollouts ? `},"context_features":${JSON.stringify([...ruleset.features])}}` : '}}');
  return lengthOf(parts) > LONG ? yield* longAnswer(parts) : shortAnswer(parts);
}

function lengthOf(parts: readonly string[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

function shortAnswer(parts: readonly string[]): Answer {
  const body = bodyOf(parts.join(''));
  return { body, etag: strongEtag(body), headers: headersOf(body) };
}

function* longAnswer(parts: readonly string[]): InSteps<Answer> {
  const { bytes: body, digest } = yield* encode(parts);
  return { body, etag: `"${digest}"`, headers: headersOf(body) };
}

function headersOf({ length }: Body): readonly string[] {
  return ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(length)];
}
