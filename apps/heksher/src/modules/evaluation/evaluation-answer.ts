import { type Context, type Evaluation, type InSteps, invalid } from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { type EvaluationReading, workOf } from './evaluation-reading.js';
import { type EvaluationRequest, requireKnownFeatures } from './evaluation-request.js';
import { sourcesOf } from './held-context.js';
import { writeExplanation } from './step-answer.js';

/** Maximum number of steps listed for one setting, and for all together; what matches is always listed. */
const MOST_STEPS_OF_ONE = 1_000;
const MOST_STEPS = 10_000;

/** Batch size of a step, as `workOf` counts settings. */
const SETTINGS_PER_STEP = 128;

/** So many evaluations are made for one request: settings times contexts, where there are several. */
const MOST_EVALUATIONS = 100_000;

/**
 * The answer to an evaluation request, as JSON. Throws 'invalid' where a context names what is no feature, or too much is asked
 * for, and 'not_found' where a setting does not exist.
 * @param held the contexts as they count: see `heldContext`
 */
export function* writeEvaluations(
  reading: EvaluationReading,
  request: EvaluationRequest,
  held: readonly Context[],
  nowMs: number,
  note: NoteEvaluation,
): InSteps<string> {
  const { contexts, isList, explain, onlyNonDefault } = request;
  yield* requireKnownFeatures(contexts, reading.features);
  const settings = [...(yield* reading.settingsNamed(request.settings))];
  if (isList) requireFew(settings.length, contexts.length);
  const room = { steps: MOST_STEPS };
  const texts: string[] = [];
  for (const [index, context] of held.entries()) {
    const text = yield* writeInContext(reading, settings, { context, explain, onlyNonDefault, note }, room, nowMs);
    const asked = contexts[index]?.context;
    const sources =
      explain && asked !== undefined && reading.held !== undefined ? writeSources(sourcesOf(asked, reading)) : '';
    texts.push(sources === '' ? text : text.slice(0, -1) + sources + '}');
  }
  const answer = isList ? `{"evaluations":[${texts.join(',')}]}` : (texts[0] ?? '');
  if (reading.asOf === undefined) return answer;
  return `${answer.slice(0, -1)},"metadata":{"as_of":${reading.asOf}}}`;
}

function writeSources(sources: ReadonlyMap<string, string>): string {
  const members = [...sources].map(([name, source]) => `${JSON.stringify(name)}:"${source}"`);
  return `,"context_sources":{${members.join(',')}}`;
}

function requireFew(settings: number, contexts: number): void {
  if (settings * contexts <= MOST_EVALUATIONS) return;
  const message = `${settings} settings in ${contexts} contexts are too many: at most ${MOST_EVALUATIONS} evaluations are made at a time`;
  throw invalid(message, 'contexts', { code: 'too_many' });
}

/** Is told of each evaluation. */
export type NoteEvaluation = (setting: Setting, evaluation: Evaluation) => void;

type Asked = Pick<EvaluationRequest, 'explain' | 'onlyNonDefault'> &
  Readonly<{ context: Context; note: NoteEvaluation }>;

/** @param room for how many steps there is, in all contexts together */
function* writeInContext(
  reading: EvaluationReading,
  settings: readonly Setting[],
  { context, explain, onlyNonDefault, note }: Asked,
  room: { steps: number },
  nowMs: number,
): InSteps<string> {
  const parts: string[] = [];
  let untilStep = SETTINGS_PER_STEP;
  for (const setting of settings) {
    const preparing = reading.prepare(setting, context);
    if (preparing !== undefined) yield* preparing;
    const evaluation = reading.evaluate(setting, context, nowMs);
    note(setting, evaluation);
    if ((untilStep -= workOf(setting)) <= 0) {
      untilStep = SETTINGS_PER_STEP;
      yield;
    }
    if (onlyNonDefault && evaluation.reason === 'DEFAULT') continue;
    let members = membersOf(evaluation);
    if (explain) {
      const limit = Math.min(room.steps, MOST_STEPS_OF_ONE);
      const explanation = yield* reading.explain(setting, context, nowMs, limit);
      room.steps -= explanation.steps.length;
      members += `,${yield* writeExplanation(explanation, { context, problemOf: problemIn(setting) })}`;
    }
    parts.push(`${JSON.stringify(setting.name)}:{${members}}`);
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
