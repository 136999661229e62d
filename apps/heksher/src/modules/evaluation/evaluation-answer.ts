import { type Evaluation, type InSteps } from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { type EvaluationReading, workOf } from './evaluation-reading.js';
import { type EvaluationRequest, requireKnownFeatures } from './evaluation-request.js';
import { writeExplanation } from './step-answer.js';

/** So many steps are listed of one setting, and of all settings together; but what matches is listed in any case. */
const MOST_STEPS_OF_ONE = 1_000;
const MOST_STEPS = 10_000;

/** Evaluating so many settings takes a step, as `workOf` counts them. */
const SETTINGS_PER_STEP = 128;

/**
 * The answer to an evaluation request, as JSON. Throws 'invalid' where the context names what is no feature, and
 * 'not_found' where a setting does not exist.
 */
export function* writeEvaluations(
  reading: EvaluationReading,
  request: EvaluationRequest,
  nowMs: number,
): InSteps<string> {
  requireKnownFeatures(request.context, reading.features);
  const parts: string[] = [];
  let room = MOST_STEPS;
  let untilStep = SETTINGS_PER_STEP;
  for (const setting of yield* reading.settingsNamed(request.settings)) {
    const preparing = reading.prepare(setting, request.context);
    if (preparing !== undefined) yield* preparing;
    let members = membersOf(reading.evaluate(setting, request.context, nowMs));
    if (request.explain) {
      const limit = Math.min(room, MOST_STEPS_OF_ONE);
      const explanation = yield* reading.explain(setting, request.context, nowMs, limit);
      room -= explanation.steps.length;
      members += `,${writeExplanation(explanation, { context: request.context, problemOf: problemIn(setting) })}`;
    }
    parts.push(`${JSON.stringify(setting.name)}:{${members}}`);
    if ((untilStep -= workOf(setting)) > 0) continue;
    untilStep = SETTINGS_PER_STEP;
    yield;
  }
  return `{"settings":{${parts.join(',')}}}`;
}

function membersOf(evaluation: Evaluation): string {
  const { value, reason } = evaluation;
  const beginning = `"value":${value},"reason":"${reason}"`;
  switch (reason) {
    case 'RULE':
      return `${beginning},"rule_id":${evaluation.ruleId}`;
    case 'ROLLOUT': {
      const variant = evaluation.variant === undefined ? '' : `,"variant":${JSON.stringify(evaluation.variant)}`;
      return `${beginning},"rollout_id":${evaluation.rolloutId}${variant}`;
    }
    case 'DEFAULT':
      return beginning;
  }
}

function problemIn({ rollouts }: Setting): (id: number) => string | undefined {
  return (id) => rollouts.find((rollout) => rollout.id === id)?.problem;
}
