import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { MOST_CONTEXTS } from './evaluation-request.js';
import { FINDING_KINDS } from './lint-answer.js';
import { ANY_JSON, GIVEN_FEATURE_VALUE, schemaRef, SETTING_NAME } from '../../openapi/api-schemas.js';

/** These describe bodies for the OpenAPI document only: requests are read by hand, answers spliced from ready-made text. */
export class EvaluateRequest {
  @ApiProperty({
    type: 'object',
    additionalProperties: GIVEN_FEATURE_VALUE,
    selfRequired: false,
    description:
      'What is known: values by context feature. A feature that is not there is unknown and fulfils no condition.',
    example: { account: 'jim', user: 'bob' },
  })
  context?: object;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: { ...GIVEN_FEATURE_VALUE } },
    required: false,
    minItems: 1,
    maxItems: MOST_CONTEXTS,
    description: 'In place of `context`: several, of which each is answered by an entry of `evaluations`.',
    example: [{ account: 'jim' }, { account: 'john' }],
  })
  contexts?: object[];

  @ApiProperty({
    type: 'array',
    items: SETTING_NAME,
    required: false,
    description: 'Names or aliases of settings; absent: all of them.',
    example: ['cache_size'],
  })
  settings?: string[];

  @ApiProperty({
    type: 'boolean',
    required: false,
    default: false,
    description: 'Whether to list the steps to each decision.',
  })
  explain?: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    required: false,
    description:
      'The time that ramps go by (RFC 3339); absent: now. Rules and rollouts are those of now, or of `as_of`.',
    example: '2026-03-04T09:00:00+02:00',
  })
  at?: string;

  @ApiProperty({
    enum: ['non_default'],
    required: false,
    description: 'Whether settings for which nothing but the default decides are left out.',
    example: 'non_default',
  })
  only?: string;
}

const CONDITIONS = {
  allOf: [schemaRef('Conditions')],
  required: false,
  description: 'The conditions of a rule or rollout, in the order of the context features.',
};

/** One rule or rollout, or the default, and what became of it. */
export class EvaluationStep {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Its place in the order of precedence.', example: 1 })
  position!: number;

  @ApiProperty({ enum: ['rule', 'rollout', 'default'], description: 'What it is.', example: 'rule' })
  kind!: string;

  @ApiProperty({
    enum: ['decides', 'overridden', 'does_not_match'],
    description: 'The first that matches decides, and overrides whatever else matches.',
    example: 'decides',
  })
  outcome!: string;

  @ApiProperty({ description: 'The same in words.', example: 'account is "jim"' })
  why!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rule.', example: 2 })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rollout.', example: 3 })
  rollout_id?: number;

  @ApiProperty({
    type: String,
    required: false,
    description: 'The feature whose values the rollout goes by.',
    example: 'user',
  })
  feature?: string;

  @ApiProperty(CONDITIONS)
  context_features?: unknown;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description:
      'The value it gives where it decides; absent where a rollout of variants does not know for which unit.',
    example: 50,
  })
  value?: unknown;

  @ApiProperty({ type: String, required: false, description: 'The variant that the unit gets.', example: 'large' })
  variant?: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    minItems: 2,
    maxItems: 2,
    required: false,
    description: 'The first condition that does not hold: a context feature and the value it must have.',
    example: ['user', 'admin'],
  })
  failed?: string[];

  @ApiProperty({
    enum: ['member', 'pattern', 'percentage', 'disabled', 'condition', 'no_unit', 'bucket'],
    required: false,
    description: 'What admits the unit to the rollout, or what keeps it out.',
    example: 'percentage',
  })
  because?: string;

  @ApiProperty({
    type: String,
    required: false,
    description: "The context's value of the rollout's feature.",
    example: 'bob',
  })
  unit?: string;

  @ApiProperty({
    type: 'number',
    minimum: 0,
    maximum: 100,
    required: false,
    description: 'Where the unit falls, in percent: below the percentage it is in.',
    example: 12.345,
  })
  bucket?: number;

  @ApiProperty({
    type: 'number',
    minimum: 0,
    maximum: 100,
    required: false,
    description: 'The percentage of the rollout now: of a ramp, where it has come to.',
    example: 20,
  })
  percentage?: number;
}

export class EvaluatedSetting {
  @ApiProperty({ ...ANY_JSON, description: 'The value in the context.', example: 50 })
  value!: unknown;

  @ApiProperty({ enum: ['RULE', 'ROLLOUT', 'DEFAULT'], description: 'What decided.', example: 'RULE' })
  reason!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The rule that decided.', example: 2 })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The rollout that decided.', example: 3 })
  rollout_id?: number;

  @ApiProperty({ type: String, required: false, description: 'The variant that the rollout gave.', example: 'large' })
  variant?: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'With `explain`: what decided, and why, in words.',
    example: 'rule 2 decides: account is "jim"',
  })
  why?: string;

  @ApiProperty({
    type: () => [EvaluationStep],
    required: false,
    description: 'With `explain`: rules and rollouts in order of precedence, and last the default.',
  })
  steps?: EvaluationStep[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description:
      'With `explain`: how many rules and rollouts are left out, none of which match. At most 1 000 steps are listed for a setting, ' +
      'and 10 000 for all together; what matches is always listed.',
    example: 0,
  })
  omitted?: number;
}

export class EvaluationMetadata {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The revision that this is of.', example: 1042 })
  as_of!: number;
}

@ApiExtraModels(EvaluatedSetting)
export class EvaluationAnswer {
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(EvaluatedSetting) },
    description: 'The settings by their canonical names.',
  })
  settings!: object;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['request', 'pinned', 'claim', 'not_proven'] },
    selfRequired: false,
    description:
      'With `explain`, where access is controlled: where the value of each context feature is from. `not_proven`: it was given, and is not taken, since this feature is taken from credentials alone.',
    example: { account: 'claim', theme: 'request' },
  })
  context_sources?: object;

  @ApiProperty({ type: () => EvaluationMetadata, required: false, description: 'With `as_of`.' })
  metadata?: EvaluationMetadata;
}

export class EvaluationsAnswer {
  @ApiProperty({
    type: () => [EvaluationAnswer],
    description: 'An answer for each of the contexts, in their order.',
  })
  evaluations!: EvaluationAnswer[];

  @ApiProperty({ type: () => EvaluationMetadata, required: false, description: 'With `as_of`.' })
  metadata?: EvaluationMetadata;
}

export class LintSubject {
  @ApiProperty({ enum: ['rule', 'rollout'], description: 'What it is.', example: 'rule' })
  kind!: string;

  @ApiProperty({ type: 'integer', description: 'Its id.', example: 7 })
  id!: number;
}

export class LintFinding {
  @ApiProperty({
    enum: FINDING_KINDS,
    description:
      'What is found; `not_checked` says that the setting is too large for a check, so that silence is no proof.',
    example: 'repeats_overridden',
  })
  kind!: string;

  @ApiProperty({
    nullable: true,
    allOf: [{ $ref: getSchemaPath(LintSubject) }],
    description: 'What could be changed; `null` for the whole setting.',
  })
  about!: LintSubject | null;

  @ApiProperty({ type: [Number], description: 'The rules concerned.', example: [7, 2] })
  rule_ids!: number[];

  @ApiProperty({ type: [Number], description: 'The rollouts concerned.', example: [] })
  rollout_ids!: number[];

  @ApiProperty({ description: 'The same in words, and why.' })
  message!: string;
}

@ApiExtraModels(LintSubject)
export class LintAnswer {
  @ApiProperty({ type: () => [LintFinding], description: 'At most 1 000 findings.' })
  findings!: LintFinding[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many findings are left out.', example: 0 })
  omitted!: number;
}
