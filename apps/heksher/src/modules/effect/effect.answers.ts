import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON } from '../../openapi/api-schemas.js';
import { LintFinding } from '../evaluation/evaluation.answers.js';

/** These describe answers for the OpenAPI document only: the answers themselves are spliced from ready-made text. */

export class AffectedFeatureTest {
  @ApiProperty({ type: String, required: false, description: 'The feature has this value.', example: 'jim' })
  is?: string;

  @ApiProperty({
    type: [String],
    required: false,
    description: 'The feature has none of these values; it may be unknown, unless `known` says that it is not.',
    example: ['guest'],
  })
  not?: string[];

  @ApiProperty({ type: Boolean, required: false, description: 'Whether the feature is known.', example: true })
  known?: boolean;
}

export class AffectedDecider {
  @ApiProperty({ enum: ['rule', 'rollout', 'default'], description: 'What decides.', example: 'rule' })
  kind!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rule.', example: 2 })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rollout.', example: 3 })
  rollout_id?: number;

  @ApiProperty({ type: String, required: false, description: 'The variant that the rollout gives.', example: 'large' })
  variant?: string;
}

export class AffectedDecision {
  @ApiProperty({ ...ANY_JSON, description: 'The value.', example: 50 })
  value!: unknown;

  @ApiProperty({ type: () => AffectedDecider, description: 'What decides on it.' })
  by!: AffectedDecider;
}

export class AffectedCellShare {
  @ApiProperty({
    type: 'number',
    minimum: 0,
    maximum: 100,
    description:
      'How many percent of the units change so, of those that are no members of a rollout and have no pattern of one. It is exact ' +
      'for a rollout; of several with salts of their own it is as if their hashes were independent.',
    example: 5,
  })
  percent!: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: ['percentage', 'member', 'pattern'] },
    description: 'What makes units change so: the percentage says nothing of members and patterns.',
    example: ['percentage'],
  })
  by!: string[];
}

@ApiExtraModels(AffectedFeatureTest)
export class AffectedCell {
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(AffectedFeatureTest) },
    description: 'What contexts have in common for which the value changes so, by context feature. `{}`: all contexts.',
    example: { account: { is: 'jim' }, user: { not: ['guest'] } },
  })
  when!: object;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: { $ref: getSchemaPath(AffectedFeatureTest) } },
    description: 'Contexts with all of one of these are not meant: a rule or rollout of higher precedence takes them.',
    example: [],
  })
  except!: object[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How many of those are not listed, here and in `not`. Where it is 0, the cell is exact.',
    example: 0,
  })
  except_omitted!: number;

  @ApiProperty({ type: () => AffectedDecision, description: 'What was decided.' })
  from!: AffectedDecision;

  @ApiProperty({ type: () => AffectedDecision, description: 'What is decided after the change.' })
  to!: AffectedDecision;

  @ApiProperty({
    type: () => AffectedCellShare,
    required: false,
    description: 'Absent: all of these contexts change. Else rollouts decide which of them do.',
  })
  share?: AffectedCellShare;
}

const SHARE = { type: 'number', minimum: 0, maximum: 100 } as const;

export class AffectedShares {
  @ApiProperty({ ...SHARE, description: 'Percent of the units that come in.', example: 5 })
  on!: number;

  @ApiProperty({ ...SHARE, description: 'Percent of the units that fall out.', example: 0 })
  off!: number;

  @ApiProperty({ ...SHARE, description: 'Percent of the units that stay in with another value.', example: 0 })
  between!: number;
}

export class AffectedMemberCounts {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units become members.', example: 0 })
  added!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units are members no longer.', example: 0 })
  removed!: number;
}

export class AffectedRollout {
  @ApiProperty({ type: 'integer', description: 'The id of the rollout.', example: 3 })
  rollout_id!: number;

  @ApiProperty({ type: String, description: 'The feature whose values are its units.', example: 'user' })
  feature!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The values that other features must have.',
    example: {},
  })
  feature_values!: object;

  @ApiProperty({ enum: ['created', 'deleted', 'changed'], description: 'What becomes of it.', example: 'changed' })
  outcome!: string;

  @ApiProperty({
    ...SHARE,
    nullable: true,
    description: 'Its percentage; `null`: it was off, or not there.',
    example: 5,
  })
  from!: number | null;

  @ApiProperty({
    ...SHARE,
    nullable: true,
    description: 'Its percentage after the change; `null`: off, or gone.',
    example: 10,
  })
  to!: number | null;

  @ApiProperty({
    nullable: true,
    allOf: [{ $ref: getSchemaPath(AffectedShares) }],
    description:
      'What share of the units moves, members and those with its pattern apart; `null`: too many variants to say.',
  })
  moved!: AffectedShares | null;

  @ApiProperty({ type: () => AffectedMemberCounts, description: 'How its members change.' })
  members!: AffectedMemberCounts;

  @ApiProperty({
    enum: ['added', 'removed', 'changed'],
    type: String,
    nullable: true,
    description: 'How its pattern changes; nobody can tell how many units have it.',
    example: null,
  })
  pattern!: string | null;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the clock alone moves its percentage: shares are those of the time that the answer is of.',
    example: false,
  })
  ramp!: boolean;
}

export class AffectedLint {
  @ApiProperty({
    type: () => [LintFinding],
    description: 'What lint finds after the change, and did not; at most 100.',
  })
  added!: LintFinding[];

  @ApiProperty({ type: () => [LintFinding], description: 'What lint no longer finds; at most 100.' })
  removed!: LintFinding[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many findings are left out.', example: 0 })
  omitted!: number;
}

export class AffectedSetting {
  @ApiProperty({
    description: 'Its canonical name after the change; of one that is deleted, the name it had.',
    example: 'cache_size',
  })
  setting!: string;

  @ApiProperty({
    enum: ['created', 'deleted', 'changed'],
    description:
      'What becomes of it. The contexts of one that is created or deleted are not listed: all are concerned.',
    example: 'changed',
  })
  outcome!: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'Its name before, where it is renamed.',
    example: 'cache',
  })
  renamed_from?: string;

  @ApiProperty({
    type: () => [AffectedCell],
    description:
      'The contexts for which another value is decided, in parts that have no context in common, but for parts with the same `when` ' +
      'and a `share` each. At most 1 000 of all settings together.',
  })
  cells!: AffectedCell[];

  @ApiProperty({ type: Boolean, description: 'Whether there may be more cells than are listed.', example: false })
  more!: boolean;

  @ApiProperty({
    type: () => [AffectedRollout],
    description: 'Rollouts that change, by themselves: whatever stands above them.',
  })
  rollouts!: AffectedRollout[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many rollouts are left out.', example: 0 })
  rollouts_omitted!: number;

  @ApiProperty({
    nullable: true,
    allOf: [{ $ref: getSchemaPath(AffectedLint) }],
    description: 'What lint finds otherwise; `null`: the setting has more than 2 000 rules.',
  })
  lint!: AffectedLint | null;
}

export class ContextExample {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The context.',
    example: { account: 'jim', user: 'bob' },
  })
  context!: object;

  @ApiProperty({ description: 'The setting whose value changes.', example: 'cache_size' })
  setting!: string;

  @ApiProperty({ type: () => AffectedDecision, description: 'What was decided.' })
  from!: AffectedDecision;

  @ApiProperty({ type: () => AffectedDecision, description: 'What is decided after the change.' })
  to!: AffectedDecision;
}

export class RecentContexts {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many contexts were tried.', example: 1000 })
  seen!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'For how many of them a value changes.', example: 312 })
  changed!: number;

  @ApiProperty({ type: () => [ContextExample], description: 'At most five of these.' })
  examples!: ContextExample[];
}

@ApiExtraModels(AffectedShares, AffectedLint, LintFinding)
export class Affected {
  @ApiProperty({ type: () => [AffectedSetting], description: 'The settings that are touched, at most 1 000.' })
  settings!: AffectedSetting[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many settings are left out.', example: 0 })
  omitted!: number;

  @ApiProperty({
    type: () => RecentContexts,
    required: false,
    description:
      'How contexts change that this replica was lately asked about, distinct ones drawn at random; absent unless ' +
      '`HEKSHER_CONTEXT_SAMPLE` is set.',
  })
  recent_contexts?: RecentContexts;
}

export class DryRunAnswer {
  @ApiProperty({ type: Boolean, description: 'Always `true`: nothing was written.', example: true })
  dry_run!: true;

  @ApiProperty({
    type: String,
    pattern: '^[0-9]+-[0-9a-f]{8}$',
    description: 'The state that the write was tried out on.',
    example: '42-9f1c2d3e',
  })
  revision!: string;

  @ApiProperty({ type: () => Affected, description: 'What would be decided otherwise.' })
  affected!: Affected;
}
