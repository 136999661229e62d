import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type Caller } from '../../caller.js';
import { jsonAnswer } from '../../json-answer.js';
import { CalledBy } from '../../http/called-by.js';
import { ROLLOUT_ID } from '../../http/id-pipe.js';
import { sendTagged } from '../../http/send-body.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { ApiChangeMembers, ApiIsMember, ApiListMembers } from './rollout-members.api.js';
import { exportFormatOf, prefixOf, sendExport } from './rollout-members-export.js';
import { ChangeMembersDto, formatCursor, ListMembersQuery, unitsOf, USUAL_PAGE } from './rollout-members.dto.js';
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
