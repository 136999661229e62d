import { conflict, type InSteps, parseJsonInSteps } from '@heksher/core';
import { type ChangedResource, inverseOperations } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../../caller.js';
import { sliced } from '../../in-slices.js';
import { parseRevision } from '../../named-revision.js';
import { HistoryService, type WholeChange } from '../history/history.service.js';
import { type GivenOperations } from './changeset-input.js';
import { type Answered, ChangesetsService } from './changesets.service.js';
import { parseOperations } from './operations.js';

/** Taking transactions back, by change sets of the operations that do so. */
@Injectable()
export class RevertsService {
  constructor(
    private readonly history: HistoryService,
    private readonly changesets: ChangesetsService,
  ) {}

  /** Throws `conflict` where anything that it changed was changed since; `not_found` where there is no such transaction. */
  async revert(
    seq: number,
    { message, isDryRun }: Readonly<{ message: string | undefined; isDryRun: boolean }>,
    caller: Caller,
  ): Promise<Answered> {
    const transaction = await this.history.transactionOf(seq);
    await this.changesets.requireProposable(transaction.names, caller);
    const operations = await sliced(operationsFor(await this.history.wholeOf(transaction)));
    if (operations === undefined) {
      const why = `the transaction of revision ${seq} changed nothing`;
      throw conflict(why, { field: 'seq', parameter: 'seq', code: 'contradiction' });
    }
    const revision = parseRevision(`${transaction.last}-${transaction.token.slice(0, 8)}`, 'seq');
    const by = message === undefined ? caller : { ...caller, message };
    return this.changesets.revert(operations, revision, by, isDryRun);
  }
}

function* operationsFor(changes: readonly WholeChange[]): InSteps<GivenOperations | undefined> {
  const texts = yield* inverseOperations(changes.map(resourceOf));
  if (texts.length === 0) return undefined;
  const text = `[${texts.join(',')}]`;
  return { text, list: yield* parseOperations(yield* parseJsonInSteps(text)) };
}

function resourceOf({ change: { kind, old, new: now }, units }: WholeChange): ChangedResource {
  return kind === 'rollout' ? { kind, old, new: now, units } : { kind, old, new: now };
}
