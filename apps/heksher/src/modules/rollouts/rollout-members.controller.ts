import { type RawJson } from '@heksher/core';
import { Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { type GivenBody, Lines } from './given-units.js';
import { changeOf, replacementOf } from './rollout-members-input.js';
import { ApiChangeMembers, ApiIsMember, ApiListMembers, ApiReplaceMembers } from './rollout-members.api.js';
import { ChangeMembersQuery, formatCursor, ListMembersQuery } from './rollout-members.dto.js';
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
  async list(@Param('id', ROLLOUT_ID) id: number, @Query() { cursor, limit }: ListMembersQuery): Promise<RawJson> {
    const { members, next } = await this.members.page(id, cursor, limit);
    return jsonAnswer({ members, next_cursor: next === undefined ? null : formatCursor(next) });
  }

  @Get(':unit')
  @HttpCode(204)
  @ApiIsMember()
  @TakesNoParameters()
  isMember(@Param('id', ROLLOUT_ID) id: number, @Param('unit') unit: string): Promise<void> {
    return this.members.requireMember(id, unit);
  }
}
