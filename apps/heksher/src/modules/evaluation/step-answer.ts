import {
  type RolloutAdmission,
  bucketPercent,
  type Condition,
  type Context,
  describeAdmission,
  describeConditions,
  describeFailure,
  type Explanation,
  forEachInSteps,
  formatPercentage,
  type InSteps,
  quoted,
  rawJson,
  type Rollout,
  type Step,
  variantOf,
  type Writable,
  writeJson,
} from '@heksher/core';

/** What is asked about: the context, and what of a rollout, by its id, nobody can read. */
export type Asked = Readonly<{ context: Context; problemOf: (rolloutId: number) => string | undefined }>;

const OUTCOMES = { decides: 'decides', overridden: 'overridden', 'does-not-match': 'does_not_match' } as const;

/** The members `why`, `steps` and `omitted` of an explained answer, without braces. */
export function* writeExplanation({ steps, omitted }: Explanation, asked: Asked): InSteps<string> {
  const winner = steps.find(({ outcome }) => outcome === 'decides');
  const decision = winner === undefined ? '' : `${nameOf(winner)} decides`;
  const texts: string[] = [];
  const write = (step: Step): void => {
    texts.push(writeJson({ ...membersOf(step), why: whyOf(step, asked, decision) }));
  };
  yield* forEachInSteps(steps, write, TEXTS_PER_STEP);
  const why =
    winner === undefined || winner.kind === 'default' ? NOTHING_MATCHES : `${decision}: ${reasonOf(winner, asked)}`;
  return `"why":${JSON.stringify(why)},"steps":[${texts.join(',')}],"omitted":${omitted}`;
}

/** Each takes a few dozen microseconds. */
const TEXTS_PER_STEP = 64;

const NOTHING_MATCHES = 'no rule or rollout matches';

function whyOf(step: Step, asked: Asked, decision: string): string {
  if (step.outcome !== 'overridden') return reasonOf(step, asked);
  return step.kind === 'default' ? decision : `${reasonOf(step, asked)}, but ${decision}`;
}

function nameOf(step: Step): string {
  if (step.kind === 'default') return 'the default';
  return step.kind === 'rule' ? `rule ${step.rule.id}` : `rollout ${step.rollout.id}`;
}

function membersOf(step: Step): Readonly<Record<string, Writable | undefined>> {
  const common = { position: step.position, kind: step.kind, outcome: OUTCOMES[step.outcome] };
  switch (step.kind) {
    case 'rule': {
      const { id, conditions, value } = step.rule;
      return { ...common, rule_id: id, context_features: conditions, value: rawJson(value), failed: step.failed };
    }
    case 'rollout':
      return { ...common, ...rolloutMembers(step.rollout, step.admission) };
    case 'default':
      return { ...common, value: rawJson(step.value) };
  }
}

function rolloutMembers(rollout: Rollout, admission: RolloutAdmission): Readonly<Record<string, Writable | undefined>> {
  const { id, feature, conditions, hash } = rollout;
  const drawn = 'bucket' in admission ? admission : undefined;
  return {
    rollout_id: id,
    feature,
    context_features: conditions,
    ...valueMembers(rollout, admission),
    because: admission.admitted ? admission.by : admission.because.replace('-', '_'),
    failed: 'condition' in admission ? admission.condition : undefined,
    unit: drawn?.unit,
    bucket: drawn === undefined ? undefined : bucketPercent(hash, drawn.bucket),
    percentage: drawn === undefined ? undefined : formatPercentage(drawn.thousandths),
  };
}

/** The value that the unit gets, or would get if it were the only one. */
function valueMembers(
  { outcome, hash, salt }: Rollout,
  admission: RolloutAdmission,
): Readonly<Record<string, Writable>> {
  if (outcome.kind === 'value') return { value: rawJson(outcome.value) };
  if (!('unit' in admission)) return {};
  const { name, value } = variantOf(hash, salt, admission.unit, outcome.variants);
  return { value: rawJson(value), variant: name };
}

function reasonOf(step: Step, { context, problemOf }: Asked): string {
  switch (step.kind) {
    case 'rule':
      return step.failed === undefined ? whyMatched(step.rule.conditions) : describeFailure(step.failed, context);
    case 'rollout':
      return whyOfRollout(step.rollout, step.admission, context, problemOf(step.rollout.id));
    case 'default':
      return NOTHING_MATCHES;
  }
}

function whyMatched(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? 'it has no conditions' : describeConditions(conditions);
}

function whyOfRollout(
  rollout: Rollout,
  admission: RolloutAdmission,
  context: Context,
  problem: string | undefined,
): string {
  const { feature } = rollout;
  if ('unit' in admission) {
    const by = admission.admitted ? admission.by : undefined;
    return `${feature} ${quoted(admission.unit)} ${describeAdmission(rollout, by, admission)}`;
  }
  if (admission.because === 'disabled') return problem ?? 'it is switched off';
  return admission.because === 'condition' ? describeFailure(admission.condition, context) : `${feature} is unknown`;
}
