import { type RawJson } from '@heksher/core';
import { Controller, Get, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request } from 'express';
import { ACTIONS, patternsOf } from '../../access/grants.js';
import { callerOf } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { jsonAnswer } from '../../json-answer.js';
import { methodOf } from './auth-counts.js';
import { ApiWhoami } from './whoami.api.js';

@ApiTags('Access')
@Controller('api/v1/whoami')
export class WhoamiController {
  @Get()
  @ApiWhoami()
  @TakesNoParameters()
  find(@Req() request: Request): RawJson {
    const { actor, principal } = callerOf(request);
    const grants = ACTIONS.map((action) => [action, principal ? patternsOf(principal.permissions[action]) : ['*']]);
    const endsAt = principal?.expiresAtMs ?? Infinity;
    return jsonAnswer({
      subject: actor ?? null,
      kind: principal?.kind ?? 'anyone',
      proof: principal === undefined ? 'none' : methodOf(principal.proof),
      is_controlled: principal !== undefined,
      grants: Object.fromEntries(grants) as Record<string, string[]>,
      expires_at: endsAt === Infinity ? null : new Date(endsAt).toISOString(),
    });
  }
}
