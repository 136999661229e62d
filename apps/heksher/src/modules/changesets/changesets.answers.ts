import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON, schemaRef } from '../../openapi/api-schemas.js';
import { Affected } from '../effect/effect.answers.js';
import { MOST_OPERATIONS } from './operations.js';
import { STATES } from './changesets.store.js';

/** These describe bodies for the OpenAPI document only: they are read by `operations.ts`. */

const OPERATIONS = {
  type: 'array',
  items: schemaRef('ChangeOperation'),
  minItems: 1,
  maxItems: MOST_OPERATIONS,
  description:
    'They are carried out in their order. Whether values are of their types is asked of what all of them leave, so that the type of ' +
    'a setting and the values of its rules may change together.',
} as const;

const MESSAGE = {
  type: 'string',
  required: false,
  nullable: true,
  maxLength: 500,
  description: 'Why, for the history; in place of `Heksher-Message`.',
  example: 'more room for the sale',
} as const;
const APPLY_AT = {
  type: 'string',
  format: 'date-time',
  required: false,
  nullable: true,
  description: 'When it is applied, an RFC 3339 time to come; absent: at once.',
} as const;
const MAX_DELAY = {
  type: 'integer',
  required: false,
  minimum: 0,
  maximum: 31_536_000,
  default: 3_600,
  description: 'How many seconds later it may still be applied, where nobody was there in time.',
} as const;

export class ChangesetRequest {
  @ApiProperty(OPERATIONS)
  operations!: object[];

  @ApiProperty(MESSAGE)
  message?: string;

  @ApiProperty({
    type: 'string',
    required: false,
    nullable: true,
    pattern: '^[0-9]{1,15}-[0-9a-f]{8}$',
    description:
      'A revision: nothing that the set changes, nor the setting that it belongs to, may have been changed after it. Changes elsewhere ' +
      'do no harm.',
  })
  if_revision?: string;

  @ApiProperty(APPLY_AT)
  apply_at?: string;

  @ApiProperty(MAX_DELAY)
  max_delay?: number;

  @ApiProperty({ type: 'boolean', required: false, default: false, description: 'Only say what it would do.' })
  dry_run?: boolean;

  @ApiProperty({ type: 'boolean', required: false, default: false, description: 'Let others look at it first.' })
  propose?: boolean;
}

export class EditChangesetRequest {
  @ApiProperty({ ...OPERATIONS, required: false })
  operations?: object[];

  @ApiProperty(MESSAGE)
  message?: string;

  @ApiProperty(APPLY_AT)
  apply_at?: string;

  @ApiProperty(MAX_DELAY)
  max_delay?: number;
}

const DIGEST = {
  type: 'string',
  description: 'Stands for the operations and for what they would change, as they were shown.',
  example: 'a7d8c1f0',
} as const;

export class ApproveChangesetRequest {
  @ApiProperty(DIGEST)
  digest!: string;
}

export class RevertRequest {
  @ApiProperty(MESSAGE)
  message?: string;

  @ApiProperty({ type: 'boolean', required: false, default: false, description: 'Only say what it would do.' })
  dry_run?: boolean;

  @ApiProperty({
    type: 'array',
    required: false,
    maxItems: 10_000,
    description: `What becomes of what was changed since, as the errors of the code \`touched_since\` name it: \`keep\` leaves it as it is, \`take\` lets it
become what it was before the transaction. Whatever was changed again after \`seq\` is asked about again.`,
    items: {
      type: 'object',
      required: ['kind', 'seq', 'choice'],
      additionalProperties: false,
      properties: {
        kind: { type: 'string', enum: ['rule', 'rollout', 'setting', 'context_features'] },
        rule_id: { type: 'integer' },
        rollout_id: { type: 'integer' },
        setting: { type: 'string' },
        seq: { type: 'integer', description: 'The newest change of it that was seen.' },
        choice: { type: 'string', enum: ['keep', 'take'] },
      },
    },
  })
  conflicts?: unknown[];
}

export class OperationOutcome {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'The place of the operation.', example: 0 })
  operation!: number;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'The rule; absent: it is new, and nothing was written.',
  })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The rollout.' })
  rollout_id?: number;

  @ApiProperty({ type: 'boolean', required: false, description: 'Whether it is new.' })
  created?: boolean;

  @ApiProperty({ type: String, required: false, description: 'The setting that was declared.' })
  setting?: string;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'What became of the declaration, as `POST /api/v1/settings/declare` answers it.',
  })
  outcome?: object;
}

const UNDO_DESCRIPTION =
  'A body, ready to be sent, that takes all of it back: a list `operations`. It expects what the set made, and fails where that was changed since.';
const RESULTS = {
  type: 'array',
  items: { $ref: getSchemaPath(OperationOutcome) },
  description: 'What operations made that their author could not know.',
} as const;
const STATE = { enum: [...STATES], description: 'What became of it.', example: 'applied' };
const ID = { type: 'integer', minimum: 1, description: 'Its number.', example: 12 } as const;

@ApiExtraModels(OperationOutcome)
export class ChangesetPreviewAnswer {
  @ApiProperty({
    type: 'boolean',
    description:
      'Whether it was only tried: else there was nothing to write, since all that is declared is as declared.',
  })
  dry_run!: boolean;

  @ApiProperty({ type: 'string', description: 'The revision that it was tried on.', example: '1042-9f3a61c2' })
  revision!: string;

  @ApiProperty(RESULTS)
  results!: object[];

  @ApiProperty({ type: 'object', additionalProperties: true, description: UNDO_DESCRIPTION })
  undo!: object;

  @ApiProperty({ type: () => Affected, description: 'What would be decided otherwise.' })
  affected!: Affected;
}

@ApiExtraModels(OperationOutcome)
export class ChangesetResultAnswer {
  @ApiProperty(ID)
  changeset_id!: number;

  @ApiProperty(STATE)
  state!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The revision that it made; as in the history.' })
  seq?: number;

  @ApiProperty({ type: 'string', required: false, description: 'The same with the token.', example: '1043-0a1b2c3d' })
  revision?: string;

  @ApiProperty({ ...RESULTS, required: false })
  results?: object[];

  @ApiProperty({ ...ANY_JSON, required: false, description: UNDO_DESCRIPTION })
  undo?: object;

  @ApiProperty({ type: 'integer', required: false, minimum: 0, description: 'How many must approve it.' })
  approvals_needed?: number;

  @ApiProperty({ type: 'string', format: 'date-time', required: false, description: 'When it is to be applied.' })
  apply_at?: string;
}

export class ApprovalMade {
  @ApiProperty({ description: 'By whom.', example: 'ana' })
  actor!: string;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When.' })
  at!: string;
}

export class ListedChangeset {
  @ApiProperty(ID)
  changeset_id!: number;

  @ApiProperty(STATE)
  state!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why.' })
  message!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who made it, where that is known.' })
  author!: string | null;

  @ApiProperty({ type: [String], description: 'Who else edited it.' })
  editors!: string[];

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When it was made.' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When its state changed last.' })
  decided_at!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it changes must not have changed after this revision.',
  })
  if_revision!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When it is applied.' })
  apply_at!: string | null;

  @ApiProperty({ type: 'integer', description: 'How many seconds later it may still be applied.' })
  max_delay!: number;

  @ApiProperty({ type: () => [ApprovalMade], description: 'Who approved it.' })
  approvals!: ApprovalMade[];

  @ApiProperty({ type: 'integer', nullable: true, description: 'The revision that it made.' })
  seq!: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Why it failed; the code `missed` says that it was found too late.',
  })
  failure!: object | null;
}

export class ChangesetPageAnswer {
  @ApiProperty({ type: () => [ListedChangeset], description: 'Newest first.' })
  changesets!: ListedChangeset[];

  @ApiProperty({ type: String, nullable: true, description: 'What to give as `cursor` for the next page.' })
  next_cursor!: string | null;
}

@ApiExtraModels(OperationOutcome)
export class ChangesetAnswer extends ListedChangeset {
  @ApiProperty({ ...OPERATIONS, description: 'As they were given.' })
  operations!: object[];

  @ApiProperty({ ...RESULTS, required: false })
  results?: object[];

  @ApiProperty({ ...ANY_JSON, required: false, description: UNDO_DESCRIPTION })
  undo?: object;

  @ApiProperty({ type: 'integer', required: false, minimum: 0, description: 'How many must approve it.' })
  approvals_needed?: number;

  @ApiProperty({ ...DIGEST, required: false, description: `${DIGEST.description} To approve it, give this.` })
  digest?: string;

  @ApiProperty({
    type: () => Affected,
    required: false,
    description: 'What would be decided otherwise, were it applied now.',
  })
  affected?: Affected;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'Why it could not be applied now.',
  })
  conflicts?: object;
}
