import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiProperty } from '@nestjs/swagger';
import { ApiAnswer, ApiError } from '../../openapi/api-answers.js';

export class ProtectedResourceAnswer {
  @ApiProperty({ description: 'What tokens must be made for.', example: 'https://settings.example.com' })
  resource!: string;

  @ApiProperty({ type: [String], description: 'Whose tokens are taken.', example: ['https://login.example.com'] })
  authorization_servers!: readonly string[];

  @ApiProperty({ type: [String], description: 'The scopes that operations require.', example: ['heksher:read'] })
  scopes_supported!: readonly string[];

  @ApiProperty({ type: [String], description: 'Tokens are taken from a header alone.', example: ['header'] })
  bearer_methods_supported!: readonly string[];

  @ApiProperty({ description: 'What this is.', example: 'Heksher' })
  resource_name!: string;

  @ApiProperty({
    required: false,
    description: 'Tokens that are bound to certificates (RFC 8705) are taken from those alone who have them.',
    example: true,
  })
  tls_client_certificate_bound_access_tokens?: boolean;
}

export const ApiProtectedResource = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getProtectedResource',
      summary: 'Find out whose tokens are taken',
      description: 'The metadata of this protected resource (RFC 9728), for clients that look for where to log in.',
    }),
    ApiAnswer(200, ProtectedResourceAnswer, 'The metadata.', {
      'One issuer': {
        resource: 'https://settings.example.com',
        authorization_servers: ['https://login.example.com'],
        scopes_supported: ['heksher:read', 'heksher:evaluate'],
        bearer_methods_supported: ['header'],
        resource_name: 'Heksher',
      },
    }),
    ApiError(404, 'No access tokens are taken here.', 'no access tokens are taken here'),
  );
