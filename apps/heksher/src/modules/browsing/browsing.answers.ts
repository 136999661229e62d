import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { LintFinding } from '../evaluation/evaluation.answers.js';
import { RolloutAnswer } from '../rollouts/rollouts.answers.js';
import { RuleAnswer } from '../rules/rules.answers.js';
import { SettingAnswer, SettingSummary } from '../settings/settings.answers.js';
import { MOST_LINES } from './setting-view.js';

/** These describe answers for the OpenAPI document only: the answers themselves are spliced from ready-made text. */

const NEXT_CURSOR = {
  type: 'string',
  nullable: true,
  description: 'What to give as `cursor` for the next page; `null`: this was the last one.',
  example: null,
} as const;

const RULE_COUNT = { type: 'integer', minimum: 0, description: 'How many rules it has.', example: 5 } as const;
const ROLLOUT_COUNT = { type: 'integer', minimum: 0, description: 'How many rollouts it has.', example: 1 } as const;

const FINDING_COUNT = {
  type: 'integer',
  minimum: 0,
  required: false,
  description: 'How many findings lint has of it, where `include` asks for them.',
  example: 0,
} as const;

const LAST_CHANGE =
  'The last change of it, its rules or rollouts, where `include` asks for it; `null`: none since the change log begins. It is left out where the database does not answer.';

export class LastChangeOfSetting {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Its revision: `GET /api/v1/history/{seq}` has all of it.',
    example: 1042,
  })
  seq!: number;

  @ApiProperty({ description: 'When (RFC 3339).', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: 'By whom.', example: 'ana' })
  actor!: string;
}

export class CountedSummary extends SettingSummary {
  @ApiProperty(RULE_COUNT)
  rule_count!: number;

  @ApiProperty(ROLLOUT_COUNT)
  rollout_count!: number;

  @ApiProperty(FINDING_COUNT)
  finding_count?: number;

  @ApiProperty({
    allOf: [{ $ref: getSchemaPath(LastChangeOfSetting) }],
    nullable: true,
    required: false,
    description: LAST_CHANGE,
  })
  changed?: LastChangeOfSetting | null;
}

export class CountedSetting extends SettingAnswer {
  @ApiProperty(RULE_COUNT)
  rule_count!: number;

  @ApiProperty(ROLLOUT_COUNT)
  rollout_count!: number;

  @ApiProperty(FINDING_COUNT)
  finding_count?: number;

  @ApiProperty({
    allOf: [{ $ref: getSchemaPath(LastChangeOfSetting) }],
    nullable: true,
    required: false,
    description: LAST_CHANGE,
  })
  changed?: LastChangeOfSetting | null;
}

@ApiExtraModels(CountedSummary, CountedSetting, LastChangeOfSetting)
export class SettingsPageAnswer {
  @ApiProperty({
    type: 'array',
    items: { anyOf: [{ $ref: getSchemaPath(CountedSetting) }, { $ref: getSchemaPath(CountedSummary) }] },
    description: 'The settings of the page, in full unless `include_additional_data=false`.',
  })
  settings!: object[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many settings all pages have.', example: 1 })
  total!: number;

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class ListedRule extends RuleAnswer {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rule.', example: 7 })
  rule_id!: number;
}

export class RulesPageAnswer {
  @ApiProperty({ type: () => [ListedRule], description: "The rules, by the settings' names, and then by id." })
  rules!: ListedRule[];

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class RolloutsPageAnswer {
  @ApiProperty({ type: () => [RolloutAnswer], description: 'The rollouts, by ascending id.' })
  rollouts!: RolloutAnswer[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many rollouts all pages have.', example: 1 })
  total!: number;

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

const KIND = { description: 'What it is.' } as const;

const CHANGED_LINE = {
  allOf: [{ $ref: getSchemaPath(LastChangeOfSetting) }],
  nullable: true,
  required: false,
  description:
    'Its last change, where `include` asks for `changed`; `null`: none is among the newest 1 000 entries of the log about the setting. It is left out where the database does not answer.',
};

export class RuleLine extends ListedRule {
  @ApiProperty(CHANGED_LINE)
  changed?: LastChangeOfSetting | null;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description:
      'Its place in the order of precedence; `null`: it never decides, since an older rule has the same conditions, as other writers may store it.',
    example: 1,
  })
  position!: number | null;

  @ApiProperty({ ...KIND, enum: ['rule'], example: 'rule' })
  kind!: string;
}

export class RolloutLine extends RolloutAnswer {
  @ApiProperty(CHANGED_LINE)
  changed?: LastChangeOfSetting | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Its place in the order of precedence.', example: 2 })
  position!: number;

  @ApiProperty({ ...KIND, enum: ['rollout'], example: 'rollout' })
  kind!: string;
}

@ApiExtraModels(RuleLine, RolloutLine)
export class SettingViewAnswer extends SettingAnswer {
  @ApiProperty(RULE_COUNT)
  rule_count!: number;

  @ApiProperty(ROLLOUT_COUNT)
  rollout_count!: number;

  @ApiProperty({
    type: [String],
    description: 'All context features in order, the most specific last.',
    example: ['account', 'user', 'theme'],
  })
  context_features!: string[];

  @ApiProperty({
    type: 'array',
    required: false,
    maxItems: MOST_LINES,
    items: { anyOf: [{ $ref: getSchemaPath(RuleLine) }, { $ref: getSchemaPath(RolloutLine) }] },
    description:
      'The rules and rollouts that `include` asks for, in the order of precedence: of those that match, the first decides.',
  })
  lines?: object[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'How many lines are left out.',
    example: 0,
  })
  lines_omitted?: number;

  @ApiProperty({
    type: () => [LintFinding],
    required: false,
    description: 'At most 1 000 findings, where `include` asks for `lint`.',
  })
  findings?: LintFinding[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'How many findings are left out.',
    example: 0,
  })
  findings_omitted?: number;
}

export class SettingFinding extends LintFinding {
  @ApiProperty({ description: 'The canonical name of the setting.', example: 'cache_size' })
  setting!: string;
}

export class LintPageAnswer {
  @ApiProperty({ type: () => [SettingFinding], description: "The findings, by the settings' names." })
  findings!: SettingFinding[];

  @ApiProperty({
    ...NEXT_CURSOR,
    description: `${NEXT_CURSOR.description} A page may have fewer findings than \`limit\`, or none, and another after it.`,
  })
  next_cursor!: string | null;
}

export class NamedValue {
  @ApiProperty({ description: 'The value.', example: 'guest' })
  value!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many rules have a condition on it.', example: 2 })
  rule_count!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many rollouts have a condition on it.', example: 0 })
  rollout_count!: number;
}

export class FeatureValuesAnswer {
  @ApiProperty({ type: () => [NamedValue], description: 'The values, those used most first.' })
  values!: NamedValue[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many different values there are.', example: 2 })
  total!: number;
}
