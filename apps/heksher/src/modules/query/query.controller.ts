import { rawJson, type RawJson } from '@heksher/core';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { matchesEtag, strongEtag } from './etag.js';
import { parseQuery } from './query.js';
import { QueryParameters } from './query.dto.js';
import { QueryService } from './query.service.js';

@Controller('api/v1/query')
export class QueryController {
  constructor(private readonly queries: QueryService) {}

  @Get()
  async query(
    @Query() parameters: QueryParameters,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RawJson | undefined> {
    const body = await this.queries.query(parseQuery(parameters));
    const etag = strongEtag(body);
    response.setHeader('ETag', etag);
    if (!matchesEtag(ifNoneMatch, etag)) return rawJson(body);
    response.status(304);
    return undefined;
  }
}
