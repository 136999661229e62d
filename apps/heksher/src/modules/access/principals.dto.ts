import { type Condition } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ACTIONS, type Grant } from '../../access/grants.js';
import { Parsed, type Reader } from '../../http/parsed.js';
import { featureValues, text } from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { schemaRef } from '../../openapi/api-schemas.js';
import { grantList, issuer, line, MOST_GRANTS, remark } from './access-readers.js';
import { type PrincipalDraft, type PrincipalName } from './principals.service.js';
import { type PrincipalKind } from './principals.store.js';

export const PRINCIPAL_KINDS: readonly PrincipalKind[] = ['subject', 'client', 'role'];

const kind: Reader<PrincipalKind> = text('kind', 'subject, client or role', (given) =>
  PRINCIPAL_KINDS.find((one) => one === given),
);

@Strict()
export class ReplacePrincipalRequest {
  @ApiProperty({
    type: 'array',
    maxItems: MOST_GRANTS,
    items: { type: 'string', pattern: `^(${ACTIONS.join('|')})(:.+)?$` },
    description:
      'What they may do, as grants of a key are written; scopes of a token narrow it. None: they may do nothing.',
    example: ['read', 'declare:billing.*'],
  })
  @Parsed(grantList(0))
  grants!: readonly Grant[];

  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    required: false,
    description:
      'Values of context features that overrule whatever an evaluation is asked with. Such a principal may evaluate, and nothing else. Not of a role.',
  })
  @IsOptional()
  @Parsed(featureValues({ orNone: true, field: 'pinned' }))
  pinned: readonly Condition[] = [];

  @ApiProperty({
    type: String,
    required: false,
    maxLength: 1_000,
    description: 'What it is for.',
    example: 'the team of billing',
  })
  @IsOptional()
  @Parsed(remark('note'))
  note = '';
}

@Strict()
export class CreatePrincipalRequest extends ReplacePrincipalRequest {
  @ApiProperty({
    enum: PRINCIPAL_KINDS,
    description:
      'Of whom this is: the subject of tokens (`sub`), of a gateway or of certificates, the client that asks for itself (`client_id`), or those who have a role.',
  })
  @Parsed(kind)
  kind!: PrincipalKind;

  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    description:
      'Whose tokens, as they have it in `iss`; or `gateway` or `certificate` for a subject that a trusted gateway, or the certificate of a client, names.',
    example: 'https://login.example.com',
  })
  @Parsed(issuer)
  issuer!: string;

  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    description: 'The subject, the client or the role, as tokens have it; without spaces around it.',
    example: 'billing-team',
  })
  @Parsed(line('name'))
  name!: string;
}

export function nameOf({ kind, issuer, name }: CreatePrincipalRequest): PrincipalName {
  return { kind, issuer, name };
}

export function draftOf({ grants, pinned, note }: ReplacePrincipalRequest): PrincipalDraft {
  return { grants, pinned: new Map(pinned), note };
}

export class PrincipalAnswer {
  @ApiProperty({ pattern: '^[\\w-]{22}$', description: 'Its id.', example: 'p1w2e3r4t5y6u7i8o9p0aA' })
  id!: string;

  @ApiProperty({ enum: PRINCIPAL_KINDS, description: 'Of whom this is.' })
  kind!: string;

  @ApiProperty({ description: 'Whose tokens, or `gateway` or `certificate`.', example: 'https://login.example.com' })
  issuer!: string;

  @ApiProperty({ description: 'The subject, the client or the role.', example: 'billing-team' })
  name!: string;

  @ApiProperty({ type: [String], description: 'What they may do.', example: ['read', 'declare:billing.*'] })
  grants!: readonly string[];

  @ApiProperty({ allOf: [schemaRef('FeatureValues')], description: 'What it pins.' })
  pinned!: object;

  @ApiProperty({ description: 'What it is for.', example: 'the team of billing' })
  note!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was stored.', example: '2026-03-01T09:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was replaced last.', example: '2026-03-01T09:00:00.000Z' })
  updated_at!: string;
}

export class PrincipalsAnswer {
  @ApiProperty({ type: () => [PrincipalAnswer], description: 'All of them, by kind, issuer and name.' })
  principals!: readonly PrincipalAnswer[];
}
