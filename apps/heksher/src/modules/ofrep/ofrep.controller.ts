import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { ApiEvaluateFlag, ApiEvaluateFlags } from './ofrep.api.js';
import { type OfrepAnswer, OfrepService } from './ofrep.service.js';
import { sendAnswer } from './send-answer.js';

/** Most requests never get here: see `ofrep-hot-path.ts`. This way takes what that one leaves, and renders the errors. */
@ApiTags('OpenFeature')
@Controller('ofrep/v1/evaluate/flags')
export class OfrepController {
  constructor(private readonly flags: OfrepService) {}

  @Post()
  @ApiEvaluateFlags()
  async evaluateAll(@Req() request: Request, @Res() response: Response): Promise<void> {
    const answer = await new Promise<OfrepAnswer>((ready, failed) => {
      this.flags.evaluateAll(bodyOf(request), request.headers['if-none-match'], { ready, failed });
    });
    sendAnswer(response, answer);
  }

  @Post(':key')
  @ApiEvaluateFlag()
  async evaluateFlag(@Param('key') key: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const answer = await new Promise<OfrepAnswer>((ready, failed) => {
      this.flags.evaluateFlag(key, bodyOf(request), { ready, failed });
    });
    sendAnswer(response, answer);
  }
}

/** The bytes of the body, none where there is no body. */
function bodyOf({ body }: Request): Uint8Array {
  const given: unknown = body;
  return Buffer.isBuffer(given) ? given : Buffer.alloc(0);
}
