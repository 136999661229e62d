import { formatJson, parseVersion, type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { metadataAnswer } from '../../metadata-answer.js';
import { checkMetadataKey, metadataOf } from '../../metadata.store.js';
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
  merge(@Param('name') name: string, @Body() { metadata, version }: SettingMetadataDto): Promise<void> {
    return this.metadata.merge(name, metadataOf(metadata), parseVersion(version));
  }

  @Put()
  @HttpCode(204)
  @ApiReplaceSettingMetadata()
  replace(@Param('name') name: string, @Body() { metadata, version }: SettingMetadataDto): Promise<void> {
    return this.metadata.replace(name, metadataOf(metadata), parseVersion(version));
  }

  @Delete()
  @HttpCode(204)
  @ApiClearSettingMetadata()
  clear(@Param('name') name: string, @Body() { version }: SettingVersionDto): Promise<void> {
    return this.metadata.clear(name, parseVersion(version));
  }

  @Put(':key')
  @HttpCode(204)
  @ApiPutSettingMetadataKey()
  put(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { value, version }: SettingMetadataValueDto,
  ): Promise<void> {
    return this.metadata.put(name, checkMetadataKey(key), formatJson(value), parseVersion(version));
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiDeleteSettingMetadataKey()
  deleteKey(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { version }: SettingVersionDto,
  ): Promise<void> {
    return this.metadata.deleteKey(name, key, parseVersion(version));
  }
}
