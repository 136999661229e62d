import { invalid, type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import {
  ApiAddContextFeature,
  ApiDeleteContextFeature,
  ApiFindContextFeature,
  ApiListContextFeatures,
  ApiMoveContextFeature,
} from './context-features.api.js';
import { indexAnswer, listAnswer } from './context-features.answers.js';
import { AddContextFeatureRequest, MoveContextFeatureRequest } from './context-features.dto.js';
import { ContextFeaturesService, type Place } from './context-features.service.js';

@ApiTags('Context features')
@Controller('api/v1/context_features')
export class ContextFeaturesController {
  constructor(private readonly contextFeatures: ContextFeaturesService) {}

  @Get()
  @ApiListContextFeatures()
  async list(): Promise<RawJson> {
    return listAnswer(await this.contextFeatures.list());
  }

  @Get(':name')
  @ApiFindContextFeature()
  async find(@Param('name') name: string): Promise<RawJson> {
    return indexAnswer(await this.contextFeatures.indexOf(name));
  }

  @Post()
  @HttpCode(204)
  @ApiAddContextFeature()
  add(@Body() { context_feature }: AddContextFeatureRequest, @CalledBy() caller: Caller): Promise<void> {
    return this.contextFeatures.add(context_feature, caller);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiDeleteContextFeature()
  delete(@Param('name') name: string, @CalledBy() caller: Caller): Promise<void> {
    return this.contextFeatures.delete(name, caller);
  }

  @Patch(':name/index')
  @HttpCode(204)
  @ApiMoveContextFeature()
  move(
    @Param('name') name: string,
    @Body() body: MoveContextFeatureRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.contextFeatures.move(name, placeOf(body), caller);
  }
}

function placeOf({ to_after, to_before }: MoveContextFeatureRequest): Place {
  if (to_after != null && to_before == null) return { side: 'after', anchor: to_after };
  if (to_before != null && to_after == null) return { side: 'before', anchor: to_before };
  const given = to_after == null ? 'neither' : 'both';
  throw invalid(`give exactly one of to_after and to_before; given: ${given}`, 'to_after', { code: 'exclusive' });
}
