import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { type ReadRoute } from '../../reads/read-route.js';
import { serveRead } from '../../reads/serve-read.js';
import { ApiEvaluate, ApiLint } from './evaluation.api.js';
import { evaluateRoute, lintRoute } from './evaluation.routes.js';
import { EvaluationService } from './evaluation.service.js';

/** Most evaluations never get here: see `reads/fast-reads.ts`. */
@ApiTags('Evaluation')
@Controller('api/v1')
export class EvaluationController {
  private readonly evaluateRoute: ReadRoute;
  private readonly lintRoute: ReadRoute;

  constructor(evaluations: EvaluationService) {
    this.evaluateRoute = evaluateRoute(evaluations);
    this.lintRoute = lintRoute(evaluations);
  }

  @Post('evaluate')
  @HttpCode(200)
  @ApiEvaluate()
  @TakesNoParameters()
  evaluate(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.evaluateRoute, request, response);
  }

  @Get('settings/:name/lint')
  @ApiLint()
  @TakesNoParameters()
  lint(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.lintRoute, request, response, name);
  }
}
