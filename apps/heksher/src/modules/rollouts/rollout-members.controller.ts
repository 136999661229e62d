import { type RawJson } from '@heksher/core';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { ApiChangeMembers, ApiIsMember, ApiListMembers } from './rollout-members.api.js';
import { ChangeMembersDto, formatCursor, ListMembersQuery, unitsOf } from './rollout-members.dto.js';
import { RolloutMembersService } from './rollout-members.service.js';

@ApiTags('Rollout members')
@Controller('api/v1/rollouts/:id/members')
export class RolloutMembersController {
  constructor(private readonly members: RolloutMembersService) {}

  @Post()
  @HttpCode(204)
  @ApiChangeMembers()
  @TakesNoParameters()
  change(
    @Param('id', ROLLOUT_ID) id: number,
    @Body() body: ChangeMembersDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    const { added, removed } = unitsOf(body);
    return this.members.change(id, added, removed, caller);
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
