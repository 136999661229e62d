import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { ApiQuery } from './query.api.js';
import { type AnsweredQuery, QueryService } from './query.service.js';
import { sendAnswer } from './send-answer.js';

/** Most queries never get here: see `query-hot-path.ts`. This way takes what that one leaves, and renders the errors. */
@ApiTags('Query')
@Controller('api/v1/query')
export class QueryController {
  constructor(private readonly queries: QueryService) {}

  @Get()
  @ApiQuery()
  async query(@Req() request: Request, @Res() response: Response): Promise<void> {
    const start = request.originalUrl.indexOf('?');
    const queryString = start === -1 ? '' : request.originalUrl.slice(start + 1);
    const answered = await new Promise<AnsweredQuery>((ready, failed) => {
      this.queries.answer(queryString, { ready, failed });
    });
    sendAnswer(request, response, answered);
  }
}
