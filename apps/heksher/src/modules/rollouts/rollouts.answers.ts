import { rawJson } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON, METADATA, schemaRef } from '../../openapi/api-schemas.js';
import { writableMetadata } from '../../metadata-answer.js';
import { type RolloutMoment, ROLLOUT_STATES } from './rollout-moment.js';
import { type StoredRollout } from './rollouts.store.js';

export class RolloutIdAnswer {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rollout.', example: 3 })
  rollout_id!: number;
}

export class RolloutAnswer extends RolloutIdAnswer {
  @ApiProperty({ description: 'The canonical name of the setting.', example: 'new_checkout' })
  setting!: string;

  @ApiProperty({ description: 'The context feature whose values are the units.', example: 'user' })
  feature!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The conditions on other context features, in the order of these.',
    example: { account: 'jim' },
  })
  feature_values!: object;

  @ApiProperty({ description: '`false`: the rollout matches nothing.', example: true })
  enabled!: boolean;

  @ApiProperty({
    type: 'number',
    required: false,
    description: 'The share; absent where there is a ramp.',
    example: 20,
  })
  percentage?: number;

  @ApiProperty({
    required: false,
    allOf: [schemaRef('Ramp')],
    description: 'The moving share; absent where there is a percentage.',
  })
  ramp?: object;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Units that it is found in are always in; `null`: none is.',
    example: '@example\\.com$',
  })
  pattern!: string | null;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'The value where the rollout matches; absent where there are variants.',
    example: true,
  })
  value?: unknown;

  @ApiProperty({
    required: false,
    allOf: [schemaRef('Variants')],
    description: 'The values that are divided among the units; absent where there is one value.',
  })
  variants?: object;

  @ApiProperty({ enum: ['murmur3', 'crc32'], description: 'How units fall into buckets.', example: 'murmur3' })
  hash!: string;

  @ApiProperty({ description: 'What the buckets go by beside the unit.', example: 'new_checkout' })
  salt!: string;

  @ApiProperty({ ...METADATA, description: 'The metadata of the rollout.' })
  metadata!: object;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units are always in.', example: 2 })
  member_count!: number;

  @ApiProperty({
    enum: ROLLOUT_STATES,
    description: `What it is now: switched \`off\`; or by its percentage \`members_only\` at 0 (and the pattern), \`partial\`, or \`on\` at 100;
\`scheduled\` before a ramp and \`ramping\` in it. What another writer stored may be \`unreadable\`: it matches nothing.`,
    example: 'ramping',
  })
  state!: string;

  @ApiProperty({
    type: 'number',
    minimum: 0,
    maximum: 100,
    description: 'The percentage that it admits now: 0 where it is off.',
    example: 40,
  })
  percentage_now!: number;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When the clock alone changes the state: the beginning or the end of a ramp.',
    example: null,
  })
  next_change!: string | null;
}

export class MemberCountsAnswer {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How many units are members now and were none.',
    example: 2,
  })
  added!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many of those to be added were members.', example: 1 })
  already!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units are members no longer.', example: 1 })
  removed!: number;
}

export class MembersAnswer {
  @ApiProperty({ type: [String], description: 'Units, in the order of their UTF-8 bytes.', example: ['ann', 'jim'] })
  members!: string[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'With the first page: how many members all pages have.',
    example: 2,
  })
  count?: number;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What to give as `cursor` for the next page; `null`: this was the last one.',
    example: 'amlt',
  })
  next_cursor!: string | null;
}

/** What is stored of a rollout, its JSON texts as they are. Its tag is that of this: the clock does not change it. */
export function storedAnswer(rollout: StoredRollout) {
  const { id, setting, feature, conditions, enabled, percentage, ramp, pattern, value, variants } = rollout;
  return {
    rollout_id: id,
    setting,
    feature,
    feature_values: new Map(conditions),
    enabled,
    percentage: percentage ?? undefined,
    ramp: ramp === null ? undefined : rawJson(ramp),
    pattern,
    value: value === null ? undefined : rawJson(value),
    variants: variants === null ? undefined : rawJson(variants),
    hash: rollout.hash,
    salt: rollout.salt,
    metadata: writableMetadata(rollout.metadata),
    member_count: rollout.memberCount,
  };
}

/** A rollout as the API shows it: what is stored, and what it is now. */
export function rolloutAnswer(rollout: StoredRollout, { state, percentageNow, nextChange }: RolloutMoment) {
  return { ...storedAnswer(rollout), state, percentage_now: percentageNow, next_change: nextChange };
}
