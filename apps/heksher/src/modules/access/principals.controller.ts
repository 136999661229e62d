import { type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { jsonAnswer } from '../../json-answer.js';
import { principalAnswer, principalMembers } from './principal-answer.js';
import {
  ApiCreatePrincipal,
  ApiDeletePrincipal,
  ApiFindPrincipal,
  ApiListPrincipals,
  ApiReplacePrincipal,
} from './principals.api.js';
import { CreatePrincipalRequest, draftOf, nameOf, ReplacePrincipalRequest } from './principals.dto.js';
import { PrincipalsService } from './principals.service.js';
import { requireControlled } from './require-controlled.js';

@ApiTags('Access')
@Controller('api/v1/principals')
export class PrincipalsController {
  constructor(private readonly principals: PrincipalsService) {}

  @Post()
  @ApiCreatePrincipal()
  @TakesNoParameters()
  async create(
    @Body() body: CreatePrincipalRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    requireControlled(caller);
    const principal = await this.principals.create(nameOf(body), draftOf(body), caller);
    response.setHeader('Location', `${prefixOf(response.req)}/api/v1/principals/${principal.id}`);
    return principalAnswer(principal);
  }

  @Get()
  @ApiListPrincipals()
  @TakesNoParameters()
  async list(): Promise<RawJson> {
    return jsonAnswer({ principals: (await this.principals.list()).map(principalMembers) });
  }

  @Get(':id')
  @ApiFindPrincipal()
  @TakesNoParameters()
  async find(@Param('id') id: string): Promise<RawJson> {
    return principalAnswer(await this.principals.find(id));
  }

  @Put(':id')
  @ApiReplacePrincipal()
  @TakesNoParameters()
  async replace(
    @Param('id') id: string,
    @Body() body: ReplacePrincipalRequest,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    requireControlled(caller);
    return principalAnswer(await this.principals.replace(id, draftOf(body), caller));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiDeletePrincipal()
  @TakesNoParameters()
  async delete(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    requireControlled(caller);
    await this.principals.delete(id, caller);
  }
}
