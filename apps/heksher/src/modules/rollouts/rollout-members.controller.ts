import { type RawJson } from '@heksher/core';
import { Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { sendTagged } from '../../http/send-body.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { type GivenBody, Lines } from './given-units.js';
import { exportFormatOf, prefixOf, sendExport } from './rollout-members-export.js';
import { changeOf, replacementOf } from './rollout-members-input.js';
import { ApiChangeMembers, ApiIsMember, ApiListMembers, ApiReplaceMembers } from './rollout-members.api.js';
import { ChangeMembersQuery, formatCursor, ListMembersQuery, USUAL_PAGE } from './rollout-members.dto.js';
import { RolloutMembersService } from './rollout-members.service.js';

@ApiTags('Rollout members')
@Controller('api/v1/rollouts/:id/members')
export class RolloutMembersController {
  constructor(private readonly members: RolloutMembersService) {}

  @Post()
  @HttpCode(200)
  @ApiChangeMembers()
  async change(
    @Param('id', ROLLOUT_ID) id: number,
    @Query() { mode }: ChangeMembersQuery,
    @Lines() body: GivenBody,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    return jsonAnswer(await this.members.change(id, await changeOf(body, mode), caller));
  }

  @Put()
  @ApiReplaceMembers()
  @TakesNoParameters()
  async replace(
    @Param('id', ROLLOUT_ID) id: number,
    @Lines() body: GivenBody,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    return jsonAnswer(await this.members.change(id, await replacementOf(body), caller));
  }

  @Get()
  @ApiListMembers()
  async list(
    @Param('id', ROLLOUT_ID) id: number,
    @Query() query: ListMembersQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const format = exportFormatOf(request);
    if (format !== undefined) return sendExport(response, format, this.members.pages(id, prefixOf(query)));
    const { cursor = '', limit = USUAL_PAGE, prefix } = query;
    const { members, next, count } = await this.members.page(id, { prefix, after: cursor, limit });
    const answer = { members, count, next_cursor: next === undefined ? null : formatCursor(next) };
    await sendTagged(response, jsonAnswer(answer));
  }

  @Get(':unit')
  @HttpCode(204)
  @ApiIsMember()
  @TakesNoParameters()
  isMember(@Param('id', ROLLOUT_ID) id: number, @Param('unit') unit: string): Promise<void> {
    return this.members.requireMember(id, unit);
  }
}
