import { formatJson, parseVersion, type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { metadataAnswer } from '../../metadata-answer.js';
import { checkMetadataKey, metadataOf } from '../../metadata.store.js';
import { SettingMetadataService } from './setting-metadata.service.js';
import { SettingMetadataDto, SettingMetadataValueDto, SettingVersionDto } from './settings.dto.js';

@Controller('api/v1/settings/:name/metadata')
export class SettingMetadataController {
  constructor(private readonly metadata: SettingMetadataService) {}

  @Get()
  async find(@Param('name') name: string): Promise<RawJson> {
    return metadataAnswer(await this.metadata.find(name));
  }

  @Post()
  @HttpCode(204)
  merge(@Param('name') name: string, @Body() { metadata, version }: SettingMetadataDto): Promise<void> {
    return this.metadata.merge(name, metadataOf(metadata), parseVersion(version));
  }

  @Put()
  @HttpCode(204)
  replace(@Param('name') name: string, @Body() { metadata, version }: SettingMetadataDto): Promise<void> {
    return this.metadata.replace(name, metadataOf(metadata), parseVersion(version));
  }

  @Delete()
  @HttpCode(204)
  clear(@Param('name') name: string, @Body() { version }: SettingVersionDto): Promise<void> {
    return this.metadata.clear(name, parseVersion(version));
  }

  @Put(':key')
  @HttpCode(204)
  put(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { value, version }: SettingMetadataValueDto,
  ): Promise<void> {
    return this.metadata.put(name, checkMetadataKey(key), formatJson(value), parseVersion(version));
  }

  @Delete(':key')
  @HttpCode(204)
  deleteKey(
    @Param('name') name: string,
    @Param('key') key: string,
    @Body() { version }: SettingVersionDto,
  ): Promise<void> {
    return this.metadata.deleteKey(name, key, parseVersion(version));
  }
}
