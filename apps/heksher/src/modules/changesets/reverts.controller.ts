import { invalid, quoted, type RawJson } from '@heksher/core';
import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { unconditional } from '../../http/unconditional.js';
import { sliced } from '../../in-slices.js';
import { jsonAnswer } from '../../json-answer.js';
import { ApiRevert } from './changesets.api.js';
import { parseRevert } from './revert-input.js';
import { RevertsService } from './reverts.service.js';

@ApiTags('Change sets')
@Controller('api/v1/history')
export class RevertsController {
  constructor(private readonly reverts: RevertsService) {}

  @Post(':seq/revert')
  @ApiRevert()
  @TakesNoParameters()
  async revert(
    @Param('seq') seq: string,
    @Body() bytes: unknown,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    if (!/^[0-9]{1,15}$/.test(seq)) {
      throw invalid(`seq must be the number of a revision; given: ${quoted(seq)}`, 'seq', { parameter: 'seq' });
    }
    const { status, body } = await this.reverts.revert(
      Number(seq),
      await sliced(parseRevert(bytes)),
      unconditional(caller, 'reverts'),
    );
    response.status(status);
    return jsonAnswer(body);
  }
}
