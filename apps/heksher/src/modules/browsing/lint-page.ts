import { type InSteps, writeJson } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { readParameters } from '../../http/parameters.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { findingsOf } from '../evaluation/findings.js';
import { findingAnswer, FINDING_KINDS, kindOf } from '../evaluation/lint-answer.js';
import { cursor, type CursorParts, formatCursor } from './cursor.js';
import { limit, someOf, USUAL_PAGE } from './parameters.js';
import { from } from './rules-page.js';
import { METADATA_PREFIX } from './settings-page.js';
import { metadataMatcher, textMatcher } from './text-match.js';
import { countOfRules } from './texts.js';

/** The first finding of a page: those of a setting are counted from 0, whatever their kinds. */
type Position = Readonly<{ setting: string; index: number }>;

const READERS = { kind: someOf(FINDING_KINDS), limit, cursor: cursor(readPosition) };

const METADATA = { prefix: METADATA_PREFIX, called: 'metadata.<key>', read: textMatcher };

export type LintRequest = ReturnType<typeof parseLintRequest>;

export function parseLintRequest(queryString: string) {
  const { parameters, ofFamily } = readParameters(queryString, READERS, METADATA);
  return { ...parameters, hasMetadata: metadataMatcher(ofFamily) };
}

/** Looking at so many rules takes a second or more: then a page ends, however few findings it has. */
const MOST_RULES = 100_000;

/** A page of the findings on all settings, by the settings' names, as JSON. */
export function* writeLintPage(
  ruleset: Ruleset,
  reading: EvaluationReading,
  { kind, cursor: first, limit: most = USUAL_PAGE, hasMetadata }: LintRequest,
  nowMs: number,
): InSteps<string> {
  const texts: string[] = [];
  let rules = 0;
  for (const setting of from(ruleset.settings.values(), first?.setting)) {
    if (!hasMetadata(setting.metadata)) continue;
    if (rules > MOST_RULES) return page(texts, formatCursor([setting.name, 0]));
    rules += 1 + countOfRules(setting);
    const begin = first?.setting === setting.name ? first.index : 0;
    const findings = yield* findingsOf(reading, setting, nowMs);
    for (const [index, found] of findings.entries()) {
      if (index < begin || kind?.has(kindOf(found)) === false) continue;
      if (texts.length === most) return page(texts, formatCursor([setting.name, index]));
      texts.push(writeJson({ setting: setting.name, ...findingAnswer(found) }));
    }
    yield;
  }
  return page(texts, null);
}

function page(texts: readonly string[], next: string | null): string {
  return `{"findings":[${texts.join(',')}],"next_cursor":${JSON.stringify(next)}}`;
}

function readPosition([setting, index, ...more]: CursorParts): Position | undefined {
  return typeof setting === 'string' && typeof index === 'number' && more.length === 0 ? { setting, index } : undefined;
}
