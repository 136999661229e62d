import { HeksherError, type RawJson } from '@heksher/core';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ACTIONS, scopeOf } from '../../access/grants.js';
import { METADATA_PATH } from '../../http/areas.js';
import { jsonAnswer } from '../../json-answer.js';
import { ApiProtectedResource } from './protected-resource.api.js';
import { ProtectedResource } from './protected-resource.js';

@ApiTags('Access')
@Controller()
export class ProtectedResourceController {
  constructor(private readonly resource: ProtectedResource) {}

  @Get(METADATA_PATH.slice(1))
  @ApiProtectedResource()
  find(): RawJson {
    const { metadata } = this.resource;
    if (metadata === undefined) throw new HeksherError('not_found', 'no access tokens are taken here');
    return jsonAnswer({
      ...metadata,
      scopes_supported: ACTIONS.map(scopeOf),
      bearer_methods_supported: ['header'],
      resource_name: 'Heksher',
    });
  }
}
