import { invalid, quoted, type RawJson } from '@heksher/core';
import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request } from 'express';
import { admissionOf } from '../../http/admission.js';
import { ApiDiff, ApiFindEntry, ApiListHistory } from './history.api.js';
import { parseDiffRequest, parseEntryRequest, parseHistoryRequest } from './history-request.js';
import { HistoryService } from './history.service.js';

@ApiTags('History')
@Controller('api/v1')
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get('history')
  @ApiListHistory()
  list(@Req() request: Request): Promise<RawJson> {
    return this.history.list(parseHistoryRequest(queryOf(request)));
  }

  @Get('history/:seq')
  @ApiFindEntry()
  find(@Param('seq') seq: string, @Req() request: Request): Promise<RawJson> {
    if (!/^[0-9]{1,15}$/.test(seq)) {
      throw invalid(`seq must be the number of a revision; given: ${quoted(seq)}`, 'seq', { parameter: 'seq' });
    }
    return this.history.find(Number(seq), parseEntryRequest(queryOf(request)));
  }

  @Get('diff')
  @ApiDiff()
  diff(@Req() request: Request): Promise<RawJson> {
    return this.history.diff(parseDiffRequest(queryOf(request)));
  }
}

function queryOf(request: Request): string {
  return admissionOf(request)?.queryString ?? '';
}
