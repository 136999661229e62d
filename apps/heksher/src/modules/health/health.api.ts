import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiProperty, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer } from '../../openapi/api-answers.js';

const NO_STORE: HeadersObject = {
  'Cache-Control': {
    description: 'Always `no-store`.',
    required: true,
    schema: { type: 'string' },
    example: 'no-store',
  },
};

export class HealthAnswer {
  @ApiProperty({ description: 'The version of the service.', example: '1.0.0' })
  version!: string;

  @ApiProperty({
    required: false,
    description: 'There, and true, where the service runs without a database for its documents only.',
  })
  doc_only?: boolean;
}

export class ProbeDetail {
  @ApiProperty({ enum: ['up', 'down'], description: 'Whether it is as it should be.' })
  status!: string;

  @ApiProperty({ required: false, description: 'What is the matter.' })
  message?: string;

  @ApiProperty({ required: false, format: 'date-time', description: 'When that was noticed.' })
  since?: string;
}

@ApiExtraModels(ProbeDetail)
export class ProbeAnswer {
  @ApiProperty({ enum: ['ok', 'degraded', 'error'], description: 'The outcome.' })
  status!: string;

  @ApiProperty({
    type: String,
    required: false,
    format: 'date-time',
    description: 'Where it is degraded: since when.',
  })
  since?: string | undefined;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/ProbeDetail' },
    description: 'Each thing that was looked at.',
  })
  details!: unknown;
}

export const ApiHealth = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getHealth',
      summary: 'Get the health and version of the service',
      description:
        'Whether the database answered when it was last asked; it is asked in the background every five seconds.',
    }),
    ApiAnswer(
      200,
      HealthAnswer,
      'The service is well.',
      { Well: { version: '1.0.0' }, 'Documents only': { version: '1.0.0', doc_only: true } },
      NO_STORE,
    ),
    ApiAnswer(500, HealthAnswer, 'The database did not answer.', { 'No database': { version: '1.0.0' } }, NO_STORE),
  );

export const ApiLive = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getLiveness',
      summary: 'Kubernetes liveness probe',
      description:
        'The process runs and answers. A database that is away is no reason to restart it; an embedded one that has ended is.',
    }),
    ApiAnswer(200, ProbeAnswer, 'It lives.', { Alive: { status: 'ok', details: {} } }, NO_STORE),
    ApiAnswer(
      503,
      ProbeAnswer,
      'The embedded PostgreSQL has ended, and is being started again.',
      {
        'Embedded PostgreSQL down': {
          status: 'error',
          details: { embedded_postgres: { status: 'down', message: 'it is being started again' } },
        },
      },
      NO_STORE,
    ),
  );

const UP = { status: 'up' };
const DOWN = { status: 'down', message: 'the database does not answer', since: '2026-11-27T13:00:00.000Z' };

export const ApiReady = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getReadiness',
      summary: 'Kubernetes readiness probe',
      description:
        'Whether queries are answered now, and the service is not shutting down. While the database does not answer, queries are ' +
        'answered from memory for `HEKSHER_STALE_IF_ERROR_S`: the status is `degraded` then, and 503 afterwards. Writes need ' +
        'the database: see `/api/health`.',
    }),
    ApiAnswer(
      200,
      ProbeAnswer,
      'Send requests.',
      {
        Ready: { status: 'ok', details: { service: UP, queries: UP, database: UP } },
        Degraded: {
          status: 'degraded',
          since: '2026-11-27T13:00:00.000Z',
          details: {
            service: UP,
            queries: { status: 'up', message: 'answered from memory, marked with Heksher-Stale' },
            database: DOWN,
          },
        },
      },
      NO_STORE,
    ),
    ApiAnswer(
      503,
      ProbeAnswer,
      'Send no requests for now.',
      {
        'No database': {
          status: 'error',
          details: {
            service: UP,
            queries: { status: 'down', message: 'not answered: what is in memory is too old' },
            database: DOWN,
          },
        },
        'Shutting down': {
          status: 'error',
          details: { service: { status: 'down', message: 'shutting down' }, queries: UP, database: UP },
        },
      },
      NO_STORE,
    ),
  );

export const ApiStartup = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getStartup',
      summary: 'Kubernetes startup probe',
      description: 'The service listens only when its start-up is complete, so that any answer is a yes.',
    }),
    ApiAnswer(200, ProbeAnswer, 'It has started.', { Started: { status: 'ok', details: {} } }, NO_STORE),
  );
