import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { ApiEvaluate, ApiLint } from './evaluation.api.js';
import { type EvaluationAnswer, EvaluationService } from './evaluation.service.js';
import { sendEvaluation } from './send-evaluation.js';

/** Most evaluations never get here: see `evaluation-hot-path.ts`. This way takes what that one leaves, and renders the errors. */
@ApiTags('Evaluation')
@Controller('api/v1')
export class EvaluationController {
  constructor(private readonly evaluations: EvaluationService) {}

  @Post('evaluate')
  @HttpCode(200)
  @ApiEvaluate()
  @TakesNoParameters()
  async evaluate(@Req() request: Request, @Res() response: Response): Promise<void> {
    const answer = await new Promise<EvaluationAnswer>((ready, failed) => {
      this.evaluations.evaluate(request.body, { ready, failed });
    });
    sendEvaluation(response, answer);
  }

  @Get('settings/:name/lint')
  @ApiLint()
  @TakesNoParameters()
  async lint(@Param('name') name: string, @Res() response: Response): Promise<void> {
    sendEvaluation(response, await this.evaluations.lint(name));
  }
}
