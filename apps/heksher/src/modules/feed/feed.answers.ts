import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TransactionMembers } from '../history/history.answers.js';

/** These describe answers for the OpenAPI document only: the answers themselves are spliced from ready-made text. */

const CURSOR = { type: 'string', pattern: '^[0-9]+-[0-9a-f]{8}$', example: '1042-9f3a61c2' } as const;

export class ChangeEvent extends TransactionMembers {
  @ApiProperty({
    ...CURSOR,
    description: 'The cursor behind it: the revision that it left, as `Heksher-Revision` has it.',
  })
  id!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Its first revision, which follows on the last one of the transaction before.',
    example: 1040,
  })
  from_seq!: number;

  @ApiPropertyOptional({
    description: 'The W3C trace context of the request; absent where it had none.',
    example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
  traceparent?: string;

  @ApiPropertyOptional({
    description: 'What came with that, and goes on with it; absent where nothing did.',
    example: 'vendor=t61rcWkgMzE',
  })
  tracestate?: string;

  @ApiProperty({
    type: [String],
    description:
      'All settings that it touched, in themselves, their rules or rollouts: by each name that they had in it, sorted.',
    example: ['cache_size'],
  })
  settings!: string[];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How many changes are left out, of whichever setting; `GET /api/v1/history/{seq}` has all.',
    example: 0,
  })
  changes_omitted!: number;
}

export class ChangesAnswer {
  @ApiProperty({ type: () => [ChangeEvent], description: 'Transactions, in the order of their commits.' })
  changes!: ChangeEvent[];

  @ApiProperty({
    ...CURSOR,
    description: 'What to give as `after` the next time.',
    pattern: '^([0-9]+-[0-9a-f]{8}|0)$',
  })
  next!: string;

  @ApiProperty({
    description:
      'Whether what lies behind `after` cannot be told: it was pruned, or is of another history. Read everything anew, and go on from `next`.',
    example: false,
  })
  reset!: boolean;
}

export class ClientReport {
  @ApiProperty({ description: 'As `Heksher-Client` named it.', example: 'shop/pod-7' })
  client!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Whose credentials it said so with: the same name of somebody else is another client. `null`: access is open to all.',
    example: 'shop',
  })
  principal!: string | null;

  @ApiProperty({
    description: 'Whether it serves the revision, or a later one that the change log has.',
    example: true,
  })
  reached!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it served when it said so last; `null`: it never has.',
    example: '1042-9f3a61c2',
  })
  serving!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The last that its stream was sent; `null`: nothing yet.',
    example: null,
  })
  sent!: string | null;

  @ApiProperty({ description: 'Whether it has a stream or a held request open.', example: true })
  is_open!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    description: 'When it asked last.',
    example: '2026-03-01T09:00:00.000Z',
  })
  seen_at!: string;
}

export class PropagationAnswer {
  @ApiProperty({ ...CURSOR, description: 'The revision that was asked about.' })
  revision!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many clients serve it, or a later one.', example: 1 })
  reached!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many do not, or have not said.', example: 0 })
  pending!: number;

  @ApiProperty({
    description: 'Whether all are told of. There is room for 10 000 clients, and those that are connected keep theirs.',
    example: true,
  })
  is_complete!: boolean;

  @ApiProperty({
    type: () => [ClientReport],
    description:
      'Clients of this replica: those that do not serve it, then those that do, and of each those seen last first.',
  })
  clients!: ClientReport[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many more there are than `limit`.', example: 0 })
  clients_omitted!: number;
}
