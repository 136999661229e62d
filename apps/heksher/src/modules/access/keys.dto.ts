import { type Condition, parseInstant } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ACTIONS, type Grant } from '../../access/grants.js';
import { Parsed, type Reader } from '../../http/parsed.js';
import { featureValues, orNull, text } from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { schemaRef } from '../../openapi/api-schemas.js';
import { type Rate } from '../../http/rate.js';
import { grantList, line, MOST_GRANTS, remark } from './access-readers.js';
import { originList, rateText } from './public-keys.js';
import { type KeyDraft } from './keys.service.js';

export const KINDS = ['user', 'machine', 'public'] as const;

const kind: Reader<(typeof KINDS)[number]> = text('kind', KINDS.join(', '), (given) =>
  KINDS.find((one) => one === given),
);

const time: Reader<number> = text('expires_at', 'an RFC 3339 time in the future', (given) => {
  const at = parseInstant(given, 'expires_at');
  return at > Date.now() ? at : undefined;
});

@Strict()
export class CreateKeyRequest {
  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    description: 'Whose it is: the log of changes and the logs of the service name this as the actor.',
    example: 'billing-service',
  })
  @Parsed(line('subject'))
  subject!: string;

  @ApiProperty({
    enum: KINDS,
    required: false,
    description:
      'Whether a person or a program has it, or everybody who has a page (`public`). A program, unless given. A public key may `evaluate` settings that its grants name, and nothing else.',
  })
  @IsOptional()
  @Parsed(kind)
  kind: (typeof KINDS)[number] = 'machine';

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MOST_GRANTS,
    items: { type: 'string', pattern: `^(${ACTIONS.join('|')})(:.+)?$` },
    description:
      'What it may do: an action, on all settings or, after a colon, on one (`write:cache_size`) or on those below a prefix (`read:billing.*`).',
    example: ['read', 'declare:billing.*'],
  })
  @Parsed(grantList(1))
  grants!: readonly Grant[];

  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    required: false,
    description:
      'Values of context features that overrule whatever an evaluation is asked with. Such a key may evaluate, and nothing else.',
  })
  @IsOptional()
  @Parsed(featureValues({ orNone: true, field: 'pinned' }))
  pinned: readonly Condition[] = [];

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    required: false,
    nullable: true,
    description: 'Until when it holds. Without it, until it is revoked.',
    example: '2099-01-01T00:00:00Z',
  })
  @IsOptional()
  @Parsed(orNull(time))
  expires_at: number | null = null;

  @ApiProperty({
    type: String,
    required: false,
    maxLength: 1_000,
    description: 'What it is for.',
    example: 'the nightly job',
  })
  @IsOptional()
  @Parsed(remark('description'))
  description = '';

  @ApiProperty({
    type: [String],
    maxItems: 20,
    required: false,
    description:
      'Of a public key: the origins of the pages that may use it, each as browsers send it; `*.` stands for all subdomains. No other key has any.',
    example: ['https://app.example.com', 'https://*.example.org'],
  })
  @IsOptional()
  @Parsed(originList)
  origins: readonly string[] = [];

  @ApiProperty({
    type: String,
    pattern: '^\\d{1,9}/\\d{0,5}[smh]$',
    required: false,
    description: 'Of a public key: how often each address may use it. `600/m`, unless given.',
    example: '600/m',
  })
  @IsOptional()
  @Parsed(rateText)
  rate: Rate | undefined;
}

export function draftOf(request: CreateKeyRequest): KeyDraft {
  const { subject, kind, grants, pinned, expires_at, description, origins, rate } = request;
  const expiresAt = expires_at === null ? null : new Date(expires_at);
  return { subject, kind, grants, pinned: new Map(pinned), description, expiresAt, origins, rate };
}

export class KeyAnswer {
  @ApiProperty({
    pattern: '^[\\w-]{22}$',
    description: 'Its id, which is no secret.',
    example: 'q1w2e3r4t5y6u7i8o9p0aA',
  })
  id!: string;

  @ApiProperty({ description: 'Whose it is.', example: 'billing-service' })
  subject!: string;

  @ApiProperty({ enum: KINDS, description: 'Whether a person or a program has it, or everybody who has a page.' })
  kind!: string;

  @ApiProperty({ type: [String], description: 'What it may do.', example: ['read', 'declare:billing.*'] })
  grants!: readonly string[];

  @ApiProperty({ allOf: [schemaRef('FeatureValues')], description: 'What it pins.' })
  pinned!: object;

  @ApiProperty({ description: 'What it is for.', example: 'the nightly job' })
  description!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was made.', example: '2026-03-01T09:00:00.000Z' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it holds; null: for good.',
  })
  expires_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was revoked; null: it is not.',
  })
  revoked_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was used last, give or take a minute; null: never.',
  })
  last_used_at!: string | null;

  @ApiProperty({
    type: [String],
    description: 'Of a public key: the origins of the pages that may use it.',
    example: ['https://app.example.com'],
  })
  origins!: readonly string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of a public key: how often each address may use it. Of others null.',
    example: '600/m',
  })
  rate!: string | null;
}

export class NewKeyAnswer extends KeyAnswer {
  @ApiProperty({
    pattern: '^hk_[sp]_[\\w-]{22}_[\\w-]{49}$',
    description: 'The key. This is the only time that it is shown: the service keeps its hash alone.',
    example: 'hk_s_q1w2e3r4t5y6u7i8o9p0aA_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz012345',
  })
  key!: string;
}

export class KeysAnswer {
  @ApiProperty({ type: () => [KeyAnswer], description: 'All keys, the revoked ones too, oldest first.' })
  keys!: readonly KeyAnswer[];
}
