import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON } from '../../openapi/api-schemas.js';

/** These describe answers for the OpenAPI document only: the answers themselves are spliced from ready-made text. */

export class MembersChanged {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units became members.', example: 2 })
  added!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units are members no longer.', example: 0 })
  removed!: number;
}

export class HistoryChange {
  @ApiProperty({
    enum: ['context_features', 'setting', 'rule', 'rollout'],
    description: 'What was changed: one of these, or the list of all context features.',
    example: 'rule',
  })
  kind!: string;

  @ApiProperty({ enum: ['created', 'changed', 'deleted'], description: 'What became of it.', example: 'changed' })
  op!: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'The canonical name of the setting afterwards; of one that was deleted, before.',
    example: 'cache_size',
  })
  setting?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rule.', example: 7 })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The id of the rollout.', example: 3 })
  rollout_id?: number;

  @ApiProperty({ type: String, required: false, description: 'The context feature of the rollout.', example: 'user' })
  feature?: string;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'The conditions of the rule or rollout, as it has them in `new`, or else in `old`.',
    example: [['user', 'guest']],
  })
  feature_values?: unknown;

  @ApiProperty({ type: () => MembersChanged, required: false, description: 'How the members of a rollout changed.' })
  members?: MembersChanged;

  @ApiProperty({
    ...ANY_JSON,
    description: 'What it was, as reads give it; members of rollouts are not counted in it. `null`: it was not there.',
  })
  old!: unknown;

  @ApiProperty({ ...ANY_JSON, description: 'What it became; `null`: it is not there any more.' })
  new!: unknown;
}

class Changes {
  @ApiProperty({ type: () => [HistoryChange], description: 'What was changed, in the order in which it was touched.' })
  changes!: HistoryChange[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many changes are left out.', example: 0 })
  changes_omitted!: number;
}

/** What is told of a transaction, here and by the feed. */
export class TransactionMembers {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The last revision of the transaction.', example: 1042 })
  seq!: number;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When.', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: 'Who: the caller, or the user of the database.', example: 'ana' })
  actor!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why, in the words of `Heksher-Message`.', example: null })
  message!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The id of the request.', example: null })
  request_id!: string | null;

  @ApiProperty({ type: () => [HistoryChange], description: 'What was changed, in the order in which it was touched.' })
  changes!: HistoryChange[];
}

export class HistoryEntry extends TransactionMembers {
  @ApiProperty({
    description: 'The same with the beginning of its token, as `Heksher-Revision` has it.',
    pattern: '^[0-9]+-[0-9a-f]{8}$',
    example: '1042-9f3a61c2',
  })
  revision!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many changes are left out.', example: 0 })
  changes_omitted!: number;
}

const NEXT_CURSOR = {
  type: 'string',
  nullable: true,
  description: 'What to give as `cursor` for the next page; `null`: this was the last one.',
  example: null,
} as const;

export class HistoryAnswer {
  @ApiProperty({ type: () => [HistoryEntry], description: 'An entry for each transaction, newest first.' })
  entries!: HistoryEntry[];

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class HistoryEntryAnswer extends HistoryEntry {
  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class MembersOfEntry {
  @ApiProperty({ type: 'integer', description: 'The id of the rollout.', example: 3 })
  rollout_id!: number;

  @ApiProperty({ type: [String], description: 'Units of this page that became members.', example: ['ann'] })
  added!: string[];

  @ApiProperty({ type: [String], description: 'Units of this page that are members no longer.', example: [] })
  removed!: string[];
}

export class HistoryMembersAnswer {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The last revision of the transaction.', example: 1042 })
  seq!: number;

  @ApiProperty({ type: () => MembersOfEntry, description: 'What became of members.' })
  members!: MembersOfEntry;

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class DiffAnswer extends Changes {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'The committed revision that it starts from.',
    example: 1000,
  })
  from!: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The committed revision that it leads to.', example: 1042 })
  to!: number;

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}
