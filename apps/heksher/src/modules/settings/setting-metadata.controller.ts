import { type RawJson } from '@heksher/core';
import { clearMetadata, deleteMetadataKey, mergeMetadata, replaceMetadata } from '@heksher/ruleset';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import { metadataAnswer } from '../../metadata-answer.js';
import { checkMetadataKey } from '../../metadata.js';
import {
  ApiClearSettingMetadata,
  ApiDeleteSettingMetadataKey,
  ApiFindSettingMetadata,
  ApiMergeSettingMetadata,
  ApiPutSettingMetadataKey,
  ApiReplaceSettingMetadata,
} from './setting-metadata.api.js';
import { SettingsService } from './settings.service.js';
import { SettingMetadataRequest, SettingMetadataValueRequest, SettingVersionRequest } from './settings.dto.js';

@ApiTags('Setting metadata')
@Controller('api/v1/settings/:name/metadata')
export class SettingMetadataController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @ApiFindSettingMetadata()
  async find(@Param('name') name: string): Promise<RawJson> {
    return metadataAnswer((await this.settings.find(name)).metadata);
  }

  @Post()
  @HttpCode(204)
  @ApiMergeSettingMetadata()
  merge(
    @Param('name') name: string,
    @Body() { metadata, version }: SettingMetadataRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeMetadata(name, mergeMetadata(metadata), version, caller);
  }

  @Put()
  @HttpCode(204)
  @ApiReplaceSettingMetadata()
  replace(
    @Param('name') name: string,
    @Body() { metadata, version }: SettingMetadataRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeMetadata(name, replaceMetadata(metadata), version, caller);
  }

  @Delete()
  @HttpCode(204)
  @ApiClearSettingMetadata()
  clear(
    @Param('name') name: string,
    @Body() { version }: SettingVersionRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeMetadata(name, clearMetadata, version, caller);
  }

  @Put(':key')
  @HttpCode(204)
  @ApiPutSettingMetadataKey()
  put(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { value, version }: SettingMetadataValueRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    const metadata = new Map([[checkMetadataKey(key), value]]);
    return this.settings.changeMetadata(name, mergeMetadata(metadata), version, caller);
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiDeleteSettingMetadataKey()
  deleteKey(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { version }: SettingVersionRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeMetadata(name, deleteMetadataKey(key), version, caller);
  }
}
