import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type ReadRoute } from '../../reads/read-route.js';
import { serveRead } from '../../reads/serve-read.js';
import { ApiEvaluateFlag, ApiEvaluateFlags } from './ofrep.api.js';
import { allFlagsRoute, flagRoute } from './ofrep.routes.js';
import { OfrepService } from './ofrep.service.js';

/** Most requests never get here: see `reads/fast-reads.ts`. */
@ApiTags('OpenFeature')
@Controller('ofrep/v1/evaluate/flags')
export class OfrepController {
  private readonly allRoute: ReadRoute;
  private readonly flagRoute: ReadRoute;

  constructor(flags: OfrepService) {
    this.allRoute = allFlagsRoute(flags);
    this.flagRoute = flagRoute(flags);
  }

  @Post()
  @ApiEvaluateFlags()
  evaluateAll(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.allRoute, request, response);
  }

  @Post(':key')
  @ApiEvaluateFlag()
  evaluateFlag(@Param('key') key: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.flagRoute, request, response, key);
  }
}
