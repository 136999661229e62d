import { invalid, type RawJson } from '@heksher/core';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { admissionOf } from '../../http/admission.js';
import { callerOf } from '../../http/called-by.js';
import { readParameters } from '../../http/parameters.js';
import { sendTagged } from '../../http/send-body.js';
import { TransactionLog } from '../history/transaction-log.js';
import { parsePageRequest, parseStreamRequest, whole } from './changes-request.js';
import { ChangesAnswers } from './changes-answers.js';
import { sendStreamHead } from './event-stream.js';
import { ApiListChanges, ApiPropagation } from './feed.api.js';
import { requireServedRevision } from './feed-cursor.js';
import { Propagation } from './propagation.js';
import { MOST_LISTED, propagationReport, USUALLY_LISTED } from './propagation-report.js';

@ApiTags('Changes')
@Controller('api/v1')
export class ChangesController {
  constructor(
    private readonly changes: ChangesAnswers,
    private readonly propagation: Propagation,
    private readonly log: TransactionLog,
  ) {}

  @Get('changes')
  @ApiListChanges()
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { principal } = callerOf(request);
    const queryString = admissionOf(request)?.queryString ?? '';
    const isStream = request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
    response.vary('Accept');
    if (!isStream) {
      const asked = parsePageRequest(queryString);
      const client = this.propagation.note(request.headers, principal);
      return sendTagged(response, await this.changes.page(asked, { principal, client, response }));
    }
    const asked = parseStreamRequest(queryString, request.headers);
    if (request.method === 'HEAD') return sendStreamHead(response);
    const client = this.propagation.note(request.headers, principal);
    await this.changes.stream(asked, { principal, client, response });
  }

  @Get('propagation')
  @ApiPropagation()
  report(@Req() request: Request): Promise<RawJson> {
    const { revision, limit = USUALLY_LISTED } = readParameters(admissionOf(request)?.queryString ?? '', {
      revision: requireServedRevision,
      limit: whole(0, MOST_LISTED),
    }).parameters;
    if (revision !== undefined)
      return propagationReport(revision, limit, { propagation: this.propagation, log: this.log });
    const message = 'revision must be given: that which clients should serve, such as 1042-9f3a61c2';
    throw invalid(message, 'revision', { code: 'missing', parameter: 'revision' });
  }
}
