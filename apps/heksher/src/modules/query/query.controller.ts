import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type ReadRoute } from '../../reads/read-route.js';
import { serveRead } from '../../reads/serve-read.js';
import { ApiQuery } from './query.api.js';
import { queryRoute } from './query.routes.js';
import { QueryService } from './query.service.js';

/** Most queries never get here: see `reads/fast-reads.ts`. */
@ApiTags('Query')
@Controller('api/v1/query')
export class QueryController {
  private readonly route: ReadRoute;

  constructor(queries: QueryService) {
    this.route = queryRoute(queries);
  }

  @Get()
  @ApiQuery()
  query(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.route, request, response);
  }
}
