import { rawJson, type RawJson } from '@heksher/core';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Response } from 'express';
import { catchError, from, type Observable } from 'rxjs';
import { DryRun } from '../../dry-run.js';
import { sliced } from '../../in-slices.js';
import { jsonAnswer } from '../../json-answer.js';
import { revisionText } from '../../writes.js';
import { ContextSample } from '../evaluation/context-sample.js';
import { affectedOf } from './affected.js';

/** Answers a write that was only to be tried out with what it would change. */
@Injectable()
export class DryRunInterceptor implements NestInterceptor {
  constructor(private readonly sample: ContextSample) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!(error instanceof DryRun)) throw error;
        return from(this.answer(error, context.switchToHttp().getResponse<Response>()));
      }),
    );
  }

  private async answer({ draft }: DryRun, response: Response): Promise<RawJson> {
    const contexts = this.sample.isOn ? { contexts: this.sample.contexts() } : {};
    const affected = await sliced(affectedOf(draft, { atMs: Date.now(), ...contexts }));
    response.status(200);
    return jsonAnswer({ dry_run: true, revision: revisionText(draft.base.revision), affected: rawJson(affected) });
  }
}
