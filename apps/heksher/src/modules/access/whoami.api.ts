import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiProperty } from '@nestjs/swagger';
import { ACTIONS } from '../../access/grants.js';
import { ApiAnswer } from '../../openapi/api-answers.js';

const PATTERNS = { type: 'array', items: { type: 'string' } } as const;

class GrantedActions {
  @ApiProperty({ ...PATTERNS, description: 'On which settings it may evaluate.', example: ['*'] })
  evaluate!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: 'On which settings it may read.', example: ['*'] })
  read!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: 'Which settings it may declare.', example: ['billing.*'] })
  declare!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: 'For which settings it may propose changes.', example: ['billing.*'] })
  propose!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: 'For which settings it may approve changes.', example: [] })
  approve!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: 'Which settings it may change.', example: ['billing.*'] })
  write!: readonly string[];

  @ApiProperty({ ...PATTERNS, description: '`*` where it may do everything.', example: [] })
  admin!: readonly string[];
}

export class WhoamiAnswer {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As whom the change log has what it writes; null: nobody is known.',
    example: 'ana',
  })
  subject!: string | null;

  @ApiProperty({
    enum: ['user', 'machine', 'public', 'anyone'],
    description: '`public`: everybody who has a page that shows its key; `anyone`: nobody was authenticated.',
    example: 'user',
  })
  kind!: string;

  @ApiProperty({
    enum: ['key', 'token', 'gateway', 'certificate', 'none'],
    description: 'By what it is known.',
    example: 'token',
  })
  proof!: string;

  @ApiProperty({ description: 'Else everybody may do everything.', example: true })
  is_controlled!: boolean;

  @ApiProperty({
    type: GrantedActions,
    description: `What is granted, each of ${ACTIONS.join(', ')} on these settings: \`*\` is all, \`billing.*\` those below a prefix, else a name. What an action includes stands here too.`,
  })
  grants!: GrantedActions;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when the credentials hold; null: no time is set.',
    example: null,
  })
  expires_at!: string | null;
}

const ALL = Object.fromEntries(ACTIONS.map((action) => [action, ['*']]));
const NONE = Object.fromEntries(ACTIONS.map((action) => [action, []]));

export const ApiWhoami = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'whoami',
      summary: 'Find out who asks',
      description:
        'Who is known to ask by the credentials of this request, and what is granted to them on which settings.',
    }),
    ApiAnswer(200, WhoamiAnswer, 'Who asks.', {
      'A person who may change some settings': {
        subject: 'ana',
        kind: 'user',
        proof: 'token',
        is_controlled: true,
        grants: {
          ...NONE,
          evaluate: ['*'],
          read: ['*'],
          declare: ['billing.*'],
          propose: ['billing.*'],
          write: ['billing.*'],
        },
        expires_at: '2026-03-01T10:00:00.000Z',
      },
      'Where access is not controlled': {
        subject: null,
        kind: 'anyone',
        proof: 'none',
        is_controlled: false,
        grants: ALL,
        expires_at: null,
      },
    }),
  );
