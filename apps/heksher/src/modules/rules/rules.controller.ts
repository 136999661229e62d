import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
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
import { CalledBy } from '../../http/called-by.js';
import { RULE_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { ruleAnswer } from './rule-answer.js';
import { ChangeRuleRequest, changesOf, SearchRuleQuery } from './rules.dto.js';
import { addRuleRoute, changeRuleValueRoute } from './rules.routes.js';
import { RulesService } from './rules.service.js';
import { serveWrite } from '../../write-routes/serve-write.js';
import { type WriteRoute } from '../../write-routes/write-route.js';

/** Most additions and changes of values never get here: see `write-routes/fast-writes.ts`. */
@ApiTags('Rules')
@Controller('api/v1/rules')
export class RulesController {
  private readonly addRoute: WriteRoute;
  private readonly changeValueRoute: WriteRoute;

  constructor(private readonly rules: RulesService) {
    this.addRoute = addRuleRoute(rules);
    this.changeValueRoute = changeRuleValueRoute(rules);
  }

  @Post()
  @ApiAddRule()
  add(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<RawJson | undefined> {
    return serveWrite(this.addRoute, request, response);
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
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RawJson | undefined> {
    return serveWrite(this.changeValueRoute, request, response, id);
  }

  /** The deprecated spelling of `PUT …/value`. */
  @Patch(':id')
  @HttpCode(204)
  @ApiPatchRule()
  patch(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RawJson | undefined> {
    return this.changeValue(id, request, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiDeleteRule()
  delete(@Param('id', RULE_ID) id: number, @CalledBy() caller: Caller): Promise<void> {
    return this.rules.delete(id, caller);
  }
}
