import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { jsonAnswer } from '../../json-answer.js';
import { keyAnswer, keyMembers } from './key-answer.js';
import { ApiCreateKey, ApiFindKey, ApiListKeys, ApiRevokeKey } from './keys.api.js';
import { CreateKeyRequest, draftOf } from './keys.dto.js';
import { KeysService } from './keys.service.js';
import { requireControlled } from './require-controlled.js';

@ApiTags('Access')
@Controller('api/v1/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @ApiCreateKey()
  @TakesNoParameters()
  async create(
    @Body() body: CreateKeyRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    requireControlled(caller, 'until then "heksher keys create" makes keys');
    const { stored, text } = await this.keys.create(draftOf(body), caller);
    response.setHeader('Location', `${prefixOf(response.req)}/api/v1/keys/${stored.selector}`);
    response.setHeader('Cache-Control', 'no-store');
    return jsonAnswer(keyMembers(stored, text));
  }

  @Get()
  @ApiListKeys()
  @TakesNoParameters()
  async list(): Promise<RawJson> {
    const keys = await this.keys.list();
    return jsonAnswer({ keys: keys.map((key) => keyMembers(key)) });
  }

  @Get(':id')
  @ApiFindKey()
  @TakesNoParameters()
  async find(@Param('id') id: string): Promise<RawJson> {
    return keyAnswer(await this.keys.find(id));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiRevokeKey()
  @TakesNoParameters()
  revoke(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    return this.keys.revoke(id, caller);
  }
}
