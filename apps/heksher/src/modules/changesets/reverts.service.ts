import { conflict, type InSteps, parseJsonInSteps } from '@heksher/core';
import { type ChangedResource, inverseOperations } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../../caller.js';
import { sliced } from '../../in-slices.js';
import { parseRevision } from '../../named-revision.js';
import { HistoryService } from '../history/history.service.js';
import { Applier } from './applier.js';
import { type GivenOperations } from './changeset-input.js';
import { type Answered, ChangesetsService } from './changesets.service.js';
import { parseOperations } from './operations.js';
import { resolveConflicts } from './revert-conflicts.js';
import { type GivenRevert } from './revert-input.js';

/** Taking transactions back, by change sets of the operations that do so. */
@Injectable()
export class RevertsService {
  constructor(
    private readonly history: HistoryService,
    private readonly changesets: ChangesetsService,
    private readonly applier: Applier,
  ) {}

  /** Throws `conflict` where anything that it changed was changed since, and it was not chosen what becomes of that; `not_found` where there is no such transaction. */
  async revert(seq: number, { message, isDryRun, resolutions }: GivenRevert, caller: Caller): Promise<Answered> {
    const transaction = await this.history.transactionOf(seq);
    await this.changesets.requireProposable(transaction.names, caller);
    const changes = await this.history.wholeOf(transaction);
    const revision = parseRevision(`${transaction.last}-${transaction.token.slice(0, 8)}`, 'seq');
    const since = { revision, withHeads: false, name: `the transaction of revision ${revision.seq}` };
    const { found, revision: now } = await this.applier.lookSince(since, (draft, log) =>
      resolveConflicts(draft, changes, log, resolutions, since.name),
    );
    const operations = await sliced(operationsFor(found.changes));
    if (operations === undefined) {
      const isKept = changes.length > 0;
      const why = isKept
        ? `nothing of the transaction of revision ${seq} is left to be taken back: all of it is kept`
        : `the transaction of revision ${seq} changed nothing`;
      throw conflict(why, { field: 'seq', parameter: 'seq', code: 'contradiction' });
    }
    const by = message === undefined ? caller : { ...caller, message };
    const seen = { ...since, accepted: found.accepted };
    // What is proposed is about what was looked at, and not about what was chosen to be overwritten.
    const ifRevision = resolutions.length === 0 ? revision.text : now;
    return this.changesets.revert(operations, seen, { ifRevision, isDryRun }, by);
  }
}

function* operationsFor(changes: readonly ChangedResource[]): InSteps<GivenOperations | undefined> {
  const texts = yield* inverseOperations(changes);
  if (texts.length === 0) return undefined;
  const text = `[${texts.join(',')}]`;
  return { text, list: yield* parseOperations(yield* parseJsonInSteps(text)) };
}
