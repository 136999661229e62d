import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { jsonAnswer } from '../../json-answer.js';
import { overrideAnswer } from './override-answer.js';
import { ApiDeleteOverride, ApiFindOverride, ApiSetOverride } from './overrides.api.js';
import { OverridesService } from './overrides.service.js';
import { OverrideRequest } from './rules.dto.js';

@ApiTags('Settings')
@Controller('api/v1/settings/:name/override')
export class OverridesController {
  constructor(private readonly overrides: OverridesService) {}

  @Get()
  @ApiFindOverride()
  @TakesNoParameters()
  async find(@Param('name') name: string): Promise<RawJson> {
    return overrideAnswer(await this.overrides.find(name));
  }

  @Put()
  @ApiSetOverride()
  @TakesNoParameters()
  async set(
    @Param('name') name: string,
    @Body() { value, metadata }: OverrideRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson | undefined> {
    const { id, isNew } = await this.overrides.set(name, value, metadata, caller);
    response.status(isNew ? 201 : 204);
    if (isNew) response.setHeader('Content-Location', `${prefixOf(response.req)}/api/v1/rules/${id}`);
    return isNew ? jsonAnswer({ rule_id: id }) : undefined;
  }

  @Delete()
  @HttpCode(204)
  @ApiDeleteOverride()
  @TakesNoParameters()
  delete(@Param('name') name: string, @CalledBy() caller: Caller): Promise<void> {
    return this.overrides.delete(name, caller);
  }
}
