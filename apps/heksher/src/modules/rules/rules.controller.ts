import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import {
  ApiAddRule,
  ApiChangeRule,
  ApiChangeRuleValue,
  ApiDeleteRule,
  ApiFindRule,
  ApiPatchRule,
  ApiSearchRule,
} from './rules.api.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { RULE_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { ruleAnswer } from './rule-answer.js';
import { AddRuleRequest, ChangeRuleRequest, changesOf, RuleValueRequest, SearchRuleQuery } from './rules.dto.js';
import { RulesService } from './rules.service.js';

@ApiTags('Rules')
@Controller('api/v1/rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  @Post()
  @ApiAddRule()
  async add(
    @Body() body: AddRuleRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const { setting, feature_values: conditions, value, metadata } = body;
    const id = await this.rules.add(setting, { conditions, value, metadata }, caller);
    // Existing clients append it to the path they posted to.
    response.setHeader('Location', `/${id}`);
    response.setHeader('Content-Location', `${prefixOf(response.req)}/api/v1/rules/${id}`);
    return jsonAnswer({ rule_id: id });
  }

  @Get('search')
  @ApiSearchRule()
  async search(@Query() { setting, feature_values }: SearchRuleQuery): Promise<RawJson> {
    return jsonAnswer({ rule_id: await this.rules.search(setting, feature_values) });
  }

  @Get(':id')
  @ApiFindRule()
  async find(@Param('id', RULE_ID) id: number): Promise<RawJson> {
    return ruleAnswer(await this.rules.find(id));
  }

  @Put(':id')
  @HttpCode(204)
  @ApiChangeRule()
  @TakesNoParameters()
  change(@Param('id', RULE_ID) id: number, @Body() body: ChangeRuleRequest, @CalledBy() caller: Caller): Promise<void> {
    return this.rules.change(id, changesOf(body), caller);
  }

  @Put(':id/value')
  @HttpCode(204)
  @ApiChangeRuleValue()
  changeValue(
    @Param('id', RULE_ID) id: number,
    @Body() { value }: RuleValueRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.rules.change(id, { value }, caller);
  }

  /** The deprecated spelling of `PUT …/value`. */
  @Patch(':id')
  @HttpCode(204)
  @ApiPatchRule()
  patch(@Param('id', RULE_ID) id: number, @Body() body: RuleValueRequest, @CalledBy() caller: Caller): Promise<void> {
    return this.changeValue(id, body, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiDeleteRule()
  delete(@Param('id', RULE_ID) id: number, @CalledBy() caller: Caller): Promise<void> {
    return this.rules.delete(id, caller);
  }
}
