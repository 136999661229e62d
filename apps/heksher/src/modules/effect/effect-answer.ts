import {
  type Condition,
  type Finding,
  formatPercentage,
  type InSteps,
  type JsonText,
  jsonText,
  rawJson,
  type Writable,
  writeJson,
} from '@heksher/core';
import {
  type Cell,
  type Cube,
  type Decided,
  type Decider,
  type Effect,
  type Example,
  type FeatureTest,
  KNOWN,
  type LintEffect,
  type RolloutEffect,
  type Samples,
  type SettingEffect,
} from '@heksher/ruleset';
import { findingAnswer } from '../evaluation/lint-answer.js';

type Members = Readonly<Record<string, Writable | undefined>>;

/** Maximum length of the text of all cells together; one more may exceed it, since values may be long. */
const MOST_TEXT = 1_048_576;

const MOST_SETTINGS = 1_000;
const MOST_ROLLOUTS = 1_000;
const MOST_FINDINGS = 100;
const CELLS_PER_STEP = 16;

/** What an effect is to clients: the member `affected` of an answer. Values are spelled as they are stored. */
export function* effectAnswer({ settings, samples }: Effect): InSteps<JsonText> {
  const room = { text: MOST_TEXT };
  const texts: string[] = [];
  for (const effect of settings.slice(0, MOST_SETTINGS)) {
    texts.push(yield* settingText(effect, room));
    yield;
  }
  const rest: Members = {
    omitted: settings.length - texts.length,
    recent_contexts: samples && samplesAnswer(samples),
  };
  return jsonText(`{"settings":[${texts.join(',')}],${writeJson(rest).slice(1)}`);
}

function* settingText(effect: SettingEffect, room: { text: number }): InSteps<string> {
  const { setting, outcome, renamedFrom, rollouts, lint } = effect;
  const cells: string[] = [];
  for (const cell of effect.cells) {
    if (room.text <= 0) break;
    const text = writeJson(cellAnswer(cell));
    room.text -= text.length;
    cells.push(text);
    if (cells.length % CELLS_PER_STEP === 0) yield;
  }
  return writeJson({
    setting,
    outcome,
    renamed_from: renamedFrom,
    cells: rawJson(`[${cells.join(',')}]`),
    more: effect.more || cells.length < effect.cells.length,
    rollouts: rollouts.slice(0, MOST_ROLLOUTS).map(rolloutAnswer),
    rollouts_omitted: Math.max(0, rollouts.length - MOST_ROLLOUTS),
    lint: lint === undefined ? null : lintAnswer(lint),
  });
}

function cellAnswer({ when, except, omitted, from, to, share }: Cell): Members {
  return {
    when: new Map(Array.from(when, ([feature, test]) => [feature, testAnswer(test)])),
    except: except.map(cubeAnswer),
    except_omitted: omitted,
    from: decidedAnswer(from),
    to: decidedAnswer(to),
    share: share && { percent: share.percent, by: share.by },
  };
}

function testAnswer({ is, not, known }: FeatureTest): Members {
  return { is, not, known };
}

function cubeAnswer(cube: Cube): ReadonlyMap<string, Writable> {
  return new Map(Array.from(cube, ([feature, test]) => [feature, test === KNOWN ? { known: true } : { is: test }]));
}

function decidedAnswer({ value, by }: Decided): Members {
  return { value: rawJson(value), by: deciderAnswer(by) };
}

function deciderAnswer(by: Decider): Members {
  switch (by.kind) {
    case 'rule':
      return { kind: by.kind, rule_id: by.id };
    case 'rollout':
      return { kind: by.kind, rollout_id: by.id, variant: by.variant };
    case 'default':
      return { kind: by.kind };
  }
}

function rolloutAnswer(effect: RolloutEffect): Members {
  const { id, feature, conditions, outcome, fromThousandths, toThousandths, moved, members, pattern, hasRamp } = effect;
  return {
    rollout_id: id,
    feature,
    feature_values: new Map(conditions.map(([name, value]: Condition) => [name, value])),
    outcome,
    from: fromThousandths === undefined ? null : formatPercentage(fromThousandths),
    to: toThousandths === undefined ? null : formatPercentage(toThousandths),
    moved: moved ?? null,
    members,
    pattern: pattern ?? null,
    ramp: hasRamp,
  };
}

function lintAnswer({ added, removed }: LintEffect): Members {
  const listed = (findings: readonly Finding[]) => findings.slice(0, MOST_FINDINGS).map(findingAnswer);
  const omitted = [added, removed].reduce((sum, { length }) => sum + Math.max(0, length - MOST_FINDINGS), 0);
  return { added: listed(added), removed: listed(removed), omitted };
}

function samplesAnswer({ seen, changed, examples }: Samples): Members {
  return { seen, changed, examples: examples.map(exampleAnswer) };
}

function exampleAnswer({ context, setting, from, to }: Example): Members {
  return { context, setting, from: decidedAnswer(from), to: decidedAnswer(to) };
}
