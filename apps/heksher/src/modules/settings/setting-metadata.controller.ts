import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import { metadataAnswer } from '../../metadata-answer.js';
import { checkMetadataKey } from '../../metadata.store.js';
import {
  ApiClearSettingMetadata,
  ApiDeleteSettingMetadataKey,
  ApiFindSettingMetadata,
  ApiMergeSettingMetadata,
  ApiPutSettingMetadataKey,
  ApiReplaceSettingMetadata,
} from './setting-metadata.api.js';
import { SettingMetadataService } from './setting-metadata.service.js';
import { SettingMetadataDto, SettingMetadataValueDto, SettingVersionDto } from './settings.dto.js';

@ApiTags('Setting metadata')
@Controller('api/v1/settings/:name/metadata')
export class SettingMetadataController {
  constructor(private readonly metadata: SettingMetadataService) {}

  @Get()
  @ApiFindSettingMetadata()
  async find(@Param('name') name: string): Promise<RawJson> {
    return metadataAnswer(await this.metadata.find(name));
  }

  @Post()
  @HttpCode(204)
  @ApiMergeSettingMetadata()
  merge(
    @Param('name') name: string,
    @Body() { metadata, version }: SettingMetadataDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.metadata.merge(name, metadata, version, caller);
  }

  @Put()
  @HttpCode(204)
  @ApiReplaceSettingMetadata()
  replace(
    @Param('name') name: string,
    @Body() { metadata, version }: SettingMetadataDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.metadata.replace(name, metadata, version, caller);
  }

  @Delete()
  @HttpCode(204)
  @ApiClearSettingMetadata()
  clear(
    @Param('name') name: string,
    @Body() { version }: SettingVersionDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.metadata.clear(name, version, caller);
  }

  @Put(':key')
  @HttpCode(204)
  @ApiPutSettingMetadataKey()
  put(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { value, version }: SettingMetadataValueDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    const metadata = new Map([[checkMetadataKey(key), value]]);
    return this.metadata.merge(name, metadata, version, caller);
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiDeleteSettingMetadataKey()
  deleteKey(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { version }: SettingVersionDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.metadata.deleteKey(name, key, version, caller);
  }
}
