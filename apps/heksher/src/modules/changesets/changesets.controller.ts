import { invalid, quoted, type RawJson } from '@heksher/core';
import { Body, Controller, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type Caller } from '../../caller.js';
import { admissionOf } from '../../http/admission.js';
import { CalledBy } from '../../http/called-by.js';
import { TakesNoBody } from '../../http/no-body.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { readParameters } from '../../http/parameters.js';
import { unconditional } from '../../http/unconditional.js';
import { sliced } from '../../in-slices.js';
import { jsonAnswer } from '../../json-answer.js';
import { cursor, formatCursor } from '../browsing/cursor.js';
import { listedAnswer } from './changeset-answer.js';
import { parseApproval, parseChangeset, parseEdit } from './changeset-input.js';
import {
  ApiApplyChangeset,
  ApiApproveChangeset,
  ApiCreateChangeset,
  ApiEditChangeset,
  ApiFindChangeset,
  ApiListChangesets,
  ApiRejectChangeset,
  ApiWithdrawChangeset,
} from './changesets.api.js';
import { ChangesetsService } from './changesets.service.js';
import { STATES } from './changesets.store.js';
import { ReviewService } from './review.service.js';

const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;

@ApiTags('Change sets')
@Controller('api/v1/changesets')
export class ChangesetsController {
  constructor(
    private readonly changesets: ChangesetsService,
    private readonly reviews: ReviewService,
  ) {}

  @Post()
  @ApiCreateChangeset()
  @TakesNoParameters()
  async create(
    @Body() bytes: unknown,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const { status, body } = await this.changesets.create(await sliced(parseChangeset(bytes)), plainly(caller));
    response.status(status);
    return jsonAnswer(body);
  }

  @Get()
  @ApiListChangesets()
  async list(@Req() request: Request, @CalledBy() caller: Caller): Promise<RawJson> {
    const {
      state,
      limit = USUAL_PAGE,
      cursor: before,
    } = readParameters(admissionOf(request)?.queryString ?? '', {
      state: (text: string) => {
        const known = STATES.find((each) => each === text);
        if (known !== undefined) return known;
        throw invalid(`state must be one of ${STATES.join(', ')}; given: ${quoted(text)}`, 'state');
      },
      limit: (text: string) => {
        const count = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
        if (count >= 1 && count <= LARGEST_PAGE) return count;
        throw invalid(`limit must be a whole number from 1 to ${LARGEST_PAGE}; given: ${quoted(text)}`, 'limit');
      },
      cursor: cursor(([id, ...more]) => (typeof id === 'number' && more.length === 0 ? id : undefined)),
    }).parameters;
    const found = await this.changesets.list({ state, before, limit: limit + 1 }, caller);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return jsonAnswer({
      changesets: page.flatMap(({ changeset, isVisible }) => (isVisible ? [listedAnswer(changeset)] : [])),
      next_cursor: found.length > limit && last !== undefined ? formatCursor([last.changeset.id]) : null,
    });
  }

  @Get(':id')
  @ApiFindChangeset()
  @TakesNoParameters()
  async find(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(await this.reviews.find(idOf(id), caller));
  }

  @Patch(':id')
  @ApiEditChangeset()
  @TakesNoParameters()
  async edit(@Param('id') id: string, @Body() bytes: unknown, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(await this.reviews.edit(idOf(id), await sliced(parseEdit(bytes)), plainly(caller)));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiApproveChangeset()
  @TakesNoParameters()
  async approve(@Param('id') id: string, @Body() bytes: unknown, @CalledBy() caller: Caller): Promise<RawJson> {
    const { digest } = await sliced(parseApproval(bytes));
    return jsonAnswer(await this.reviews.approve(idOf(id), digest, plainly(caller)));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @ApiRejectChangeset()
  @TakesNoParameters()
  @TakesNoBody()
  async reject(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(await this.reviews.reject(idOf(id), plainly(caller)));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @ApiWithdrawChangeset()
  @TakesNoParameters()
  @TakesNoBody()
  async withdraw(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(await this.reviews.withdraw(idOf(id), plainly(caller)));
  }

  @Post(':id/apply')
  @HttpCode(200)
  @ApiApplyChangeset()
  @TakesNoParameters()
  @TakesNoBody()
  async apply(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(await this.changesets.apply(idOf(id), plainly(caller)));
  }
}

function idOf(text: string): number {
  const id = /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
  if (id !== undefined) return id;
  throw invalid(`id must be the number of a change set; given: ${quoted(text)}`, 'id', { parameter: 'id' });
}

/** A condition that is not looked at must not seem to hold. */
function plainly(caller: Caller): Caller {
  return unconditional(caller, 'change sets', ', and say if_revision or expect in the body of a new one');
}
