import { type RawJson } from '@heksher/core';
import { clearMetadata, deleteMetadataKey, mergeMetadata, replaceMetadata } from '@heksher/ruleset';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { metadataAnswer } from '../../metadata-answer.js';
import { checkMetadataKey } from '../../metadata.js';
import {
  ApiClearRuleMetadata,
  ApiDeleteRuleMetadataKey,
  ApiFindRuleMetadata,
  ApiMergeRuleMetadata,
  ApiPutRuleMetadataKey,
  ApiReplaceRuleMetadata,
} from './rule-metadata.api.js';
import { CalledBy } from '../../http/called-by.js';
import { RULE_ID } from '../../http/id-pipe.js';
import { RuleMetadataRequest, RuleMetadataValueRequest } from './rules.dto.js';
import { RulesService } from './rules.service.js';

@ApiTags('Rule metadata')
@Controller('api/v1/rules/:id/metadata')
export class RuleMetadataController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @ApiFindRuleMetadata()
  async find(@Param('id', RULE_ID) id: number): Promise<RawJson> {
    return metadataAnswer((await this.rules.find(id)).metadata);
  }

  @Post()
  @HttpCode(204)
  @ApiMergeRuleMetadata()
  merge(
    @Param('id', RULE_ID) id: number,
    @Body() { metadata }: RuleMetadataRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.rules.changeMetadata(id, mergeMetadata(metadata), caller);
  }

  @Put()
  @HttpCode(204)
  @ApiReplaceRuleMetadata()
  replace(
    @Param('id', RULE_ID) id: number,
    @Body() { metadata }: RuleMetadataRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.rules.changeMetadata(id, replaceMetadata(metadata), caller);
  }

  @Delete()
  @HttpCode(204)
  @ApiClearRuleMetadata()
  clear(@Param('id', RULE_ID) id: number, @CalledBy() caller: Caller): Promise<void> {
    return this.rules.changeMetadata(id, clearMetadata, caller);
  }

  @Put(':key')
  @HttpCode(204)
  @ApiPutRuleMetadataKey()
  put(
    @Param('id', RULE_ID) id: number,
    @Param('key') key: string,
    @Body() { value }: RuleMetadataValueRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.rules.changeMetadata(id, mergeMetadata(new Map([[checkMetadataKey(key), value]])), caller);
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiDeleteRuleMetadataKey()
  deleteKey(@Param('id', RULE_ID) id: number, @Param('key') key: string, @CalledBy() caller: Caller): Promise<void> {
    return this.rules.changeMetadata(id, deleteMetadataKey(key), caller);
  }
}
