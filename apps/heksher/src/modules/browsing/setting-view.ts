import { type InSteps, notFound, writeJson } from '@heksher/core';
import { findSetting, type Line, linesOf, preparePatterns, type Ruleset } from '@heksher/ruleset';
import { parametersIn, readParameters } from '../../http/parameters.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { findingsOf } from '../evaluation/findings.js';
import { findingMembers } from '../evaluation/lint-answer.js';
import { changeText, type LineChanges } from './last-changes.js';
import { someOf } from './parameters.js';
import { additionalMembers, countMembers, countOfRules, rolloutMembers, ruleMembers, settingMembers } from './texts.js';

export const INCLUDED = ['rules', 'rollouts', 'lint', 'changed'] as const;

/** So many lines are listed; `GET /api/v1/rules` pages through more. */
export const MOST_LINES = 10_000;

const READERS = { include: someOf(INCLUDED) };

export function asksForView(queryString: string): boolean {
  return parametersIn(queryString).has('include');
}

export type ViewRequest = ReturnType<typeof parseViewRequest>;

export function parseViewRequest(queryString: string): ReadonlySet<(typeof INCLUDED)[number]> {
  return readParameters(queryString, READERS).parameters.include ?? new Set();
}

/**
 * A setting with all that is asked for, as of one revision, as JSON.
 * @param changes when its lines were changed, where that is asked for and known
 */
export function* writeSettingView(
  ruleset: Ruleset,
  reading: EvaluationReading,
  { name: asked, include, nowMs }: Readonly<{ name: string; include: ViewRequest; nowMs: number }>,
  changes: LineChanges | undefined,
): InSteps<string> {
  const setting = findSetting(ruleset, asked);
  if (setting === undefined) throw notFound('setting', asked);
  const { name } = setting;
  yield* preparePatterns(setting.rollouts);
  const parts = [settingMembers(setting), additionalMembers(ruleset, setting), countMembers(setting)];
  parts.push(`"context_features":${JSON.stringify([...ruleset.features])}`);
  const kinds = new Set<Line['kind']>();
  if (include.has('rules')) kinds.add('rule');
  if (include.has('rollouts')) kinds.add('rollout');
  if (kinds.size > 0) {
    const lines = yield* linesOf(ruleset, setting, kinds, MOST_LINES);
    const total =
      (kinds.has('rule') ? countOfRules(setting) : 0) + (kinds.has('rollout') ? setting.rollouts.length : 0);
    const texts: string[] = [];
    for (const line of lines) {
      if (texts.push(textOf(line, name, nowMs, changes)) % LINES_PER_STEP === 0) yield;
    }
    parts.push(`"lines":[${texts.join(',')}],"lines_omitted":${total - lines.length}`);
  }
  if (include.has('lint')) {
    const { findings = [], omitted = 0 } = findingMembers(yield* findingsOf(reading, setting, nowMs));
    parts.push(`"findings":${writeJson(findings)},"findings_omitted":${writeJson(omitted)}`);
  }
  return `{${parts.join(',')}}`;
}

const LINES_PER_STEP = 256;

function textOf(line: Line, setting: string, nowMs: number, changes: LineChanges | undefined): string {
  const { kind } = line;
  const members = kind === 'rule' ? ruleMembers(line.rule, setting) : rolloutMembers(line.rollout, setting, nowMs);
  const key = `${kind}-${kind === 'rule' ? line.rule.id : line.rollout.id}`;
  const changed = changes === undefined ? '' : `,"changed":${changeText(changes.get(key))}`;
  return `{"position":${line.position},"kind":"${kind}",${members}${changed}}`;
}
