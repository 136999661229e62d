import { HeksherError, quoted } from '@heksher/core';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { isChannel } from '../../access/channel.js';
import { callerOf } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { lastEventOf } from './changes-request.js';
import { ChangesAnswers } from './changes-answers.js';
import { sendStreamHead } from './event-stream.js';
import { ApiFollowFlags } from './feed.api.js';

/** OpenFeature's event streams (OFREP 0.3): they say when to fetch flags again. */
@ApiTags('OpenFeature')
@Controller('ofrep/v1/events')
export class OfrepEventsController {
  constructor(private readonly changes: ChangesAnswers) {}

  @Get(':channel')
  @ApiFollowFlags()
  @TakesNoParameters()
  async follow(@Param('channel') channel: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (!isChannel(channel)) throw noChannel(channel);
    const after = lastEventOf(request.headers);
    if (request.method === 'HEAD') return sendStreamHead(response);
    await this.changes.notices(after, { principal: callerOf(request).principal, response });
  }
}

function noChannel(channel: string): HeksherError {
  const message = `there is no channel ${quoted(channel)}; the answer with all flags names one`;
  return new HeksherError('not_found', message);
}
