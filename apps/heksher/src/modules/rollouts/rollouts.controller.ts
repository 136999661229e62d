import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { changesOf, draftOf } from './rollout-input.js';
import { rolloutAnswer } from './rollouts.answers.js';
import { ApiAddRollout, ApiChangeRollout, ApiDeleteRollout, ApiFindRollout } from './rollouts.api.js';
import { AddRolloutDto, ChangeRolloutDto } from './rollouts.dto.js';
import { RolloutsService } from './rollouts.service.js';

@ApiTags('Rollouts')
@Controller('api/v1/rollouts')
export class RolloutsController {
  constructor(private readonly rollouts: RolloutsService) {}

  @Post()
  @ApiAddRollout()
  @TakesNoParameters()
  async add(
    @Body() body: AddRolloutDto,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const id = await this.rollouts.add(draftOf(body), caller);
    response.setHeader('Location', `/api/v1/rollouts/${id}`);
    return jsonAnswer({ rollout_id: id });
  }

  @Get(':id')
  @ApiFindRollout()
  @TakesNoParameters()
  async find(@Param('id', ROLLOUT_ID) id: number): Promise<RawJson> {
    return jsonAnswer(rolloutAnswer(await this.rollouts.find(id)));
  }

  @Patch(':id')
  @HttpCode(204)
  @ApiChangeRollout()
  @TakesNoParameters()
  change(
    @Param('id', ROLLOUT_ID) id: number,
    @Body() body: ChangeRolloutDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.rollouts.change(id, changesOf(body), caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiDeleteRollout()
  @TakesNoParameters()
  delete(@Param('id', ROLLOUT_ID) id: number, @CalledBy() caller: Caller): Promise<void> {
    return this.rollouts.delete(id, caller);
  }
}
