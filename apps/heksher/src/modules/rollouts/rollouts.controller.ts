import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { strongEtag } from '../../etag.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { changesOf, draftOf } from './rollout-input.js';
import { momentOfStored } from './rollout-moment.js';
import { rolloutAnswer, storedAnswer } from './rollouts.answers.js';
import { ApiAddRollout, ApiChangeRollout, ApiDeleteRollout, ApiFindRollout } from './rollouts.api.js';
import { AddRolloutRequest, ChangeRolloutRequest } from './rollouts.dto.js';
import { RolloutsService } from './rollouts.service.js';

@ApiTags('Rollouts')
@Controller('api/v1/rollouts')
export class RolloutsController {
  constructor(private readonly rollouts: RolloutsService) {}

  @Post()
  @ApiAddRollout()
  @TakesNoParameters()
  async add(
    @Body() body: AddRolloutRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const id = await this.rollouts.add(body.setting, draftOf(body), caller);
    response.setHeader('Location', `${prefixOf(response.req)}/api/v1/rollouts/${id}`);
    return jsonAnswer({ rollout_id: id });
  }

  @Get(':id')
  @ApiFindRollout()
  @TakesNoParameters()
  async find(@Param('id', ROLLOUT_ID) id: number, @Res({ passthrough: true }) response: Response): Promise<RawJson> {
    const rollout = await this.rollouts.find(id);
    response.setHeader('ETag', strongEtag(jsonAnswer(storedAnswer(rollout)).text));
    return jsonAnswer(rolloutAnswer(rollout, momentOfStored(rollout, Date.now())));
  }

  @Patch(':id')
  @HttpCode(204)
  @ApiChangeRollout()
  @TakesNoParameters()
  change(
    @Param('id', ROLLOUT_ID) id: number,
    @Body() body: ChangeRolloutRequest,
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
