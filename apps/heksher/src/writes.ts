import { HeksherError, invalid, type InSteps, type RawJson } from '@heksher/core';
import { inWriteTransaction, runPrepared, type WriteOrigin } from '@heksher/database';
import { type Draft, type IdsOf, type Revision } from '@heksher/ruleset';
import { type DataSource, type EntityManager } from 'typeorm';
import { type ApprovalRule, changesToApprove, requireNoApproval } from './access/approvals.js';
import {
  beginOf,
  isRestricted,
  requireGranted,
  requireGrantedOn,
  settingsChangedSince,
} from './access/granted-writes.js';
import { type Caller } from './caller.js';
import { DryRun } from './dry-run.js';
import { strongEtag } from './etag.js';
import { type NamedRevision, requireRevision } from './named-revision.js';
import { findLastChange, type LastChange, type Trace } from './last-change.store.js';
import { type Logger } from './modules/logging/index.js';
import { type Written } from './modules/ruleset/decision.js';
import { type RulesetWriter } from './modules/ruleset/ruleset-writer.js';
import { loggedSpan } from './tracing/span.js';
import { PreconditionFailed } from './precondition-failed.js';

/** Logs a line once the write is committed, with who it was for. */
export type LogWrite = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/**
 * What a write is about: the answers that reads give of it, that of the resource itself first and then those of parts and
 * wholes whose tags are as good; and where the change log has it. Undefined where it does not exist and the write is to
 * create it; where it must exist, it throws `not_found`, which comes before any condition (RFC 9110, 13.2.1).
 */
export type Resource = (
  db: EntityManager,
) => Promise<Readonly<{ answers: readonly [RawJson, ...RawJson[]]; trace: Trace }> | undefined>;

/** Of a write that adds something: nobody can have seen it. */
export const NOTHING_YET: Resource = () => Promise.resolve(undefined);

type Origin = WriteOrigin &
  Pick<
    Caller,
    'client' | 'precondition' | 'ifRevision' | 'isDryRun' | 'onRevision' | 'principal' | 'action' | 'span' | 'operation'
  >;

/** What else is done in the transaction of a write: before it is decided, and once it is carried out. */
export type Around<T> = Readonly<{
  before: (db: EntityManager) => Promise<void>;
  after: (db: EntityManager, written: Written<T>) => Promise<void>;
}>;

/** The writes of one service: each is a transaction, and leaves its lines in the service's log. */
export class Writes {
  /** @param approvals which settings they do not change, since others must approve that first */
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: RulesetWriter,
    private readonly log: Logger,
    private readonly approvals: readonly ApprovalRule[] = writer.approvals,
  ) {}

  /**
   * A write that is decided on the ruleset in memory: see `RulesetWriter`. Lines are of the decision that was carried out; ids in
   * them, and in the result, are negative for what is new until `idsOf` has said what they became.
   */
  async decide<T>(
    caller: Origin,
    resource: Resource,
    work: (draft: Draft, log: LogWrite) => InSteps<T>,
    around?: Around<T>,
    isOfOneSetting = false,
  ): Promise<Decided<T>> {
    let lines: Parameters<LogWrite>[] = [];
    const { approvals } = this;
    const decide = function* (draft: Draft): InSteps<T> {
      lines = [];
      const result = yield* work(draft, (...line) => void lines.push(line));
      requireGranted(draft, caller);
      if (approvals.length > 0) requireNoApproval(approvals, changesToApprove(draft));
      return result;
    };
    if (caller.isDryRun === true) return this.tryOut(caller, resource, decide);
    const before = async (db: EntityManager): Promise<void> => {
      await requirePrecondition(db, caller, resource);
      await around?.before(db);
    };
    const isConditional = caller.precondition !== undefined || caller.ifRevision !== undefined;
    const { result, revision, ids } =
      around === undefined && !isConditional
        ? await this.writer.write(caller, decide, isOfOneSetting)
        : await this.writer.writeChecked(caller, before, decide, around?.after);
    caller.onRevision?.(revisionText(revision));
    // After the answer: nobody waits for the lines.
    process.nextTick(() => {
      for (const [message, fields] of lines) {
        this.log.info(message, { ...withIds(fields, ids), ...originFields(caller) });
      }
    });
    return { result, ids, revision };
  }

  /** The same of a write that looks at one setting alone, and changes only rules of it: it may share a transaction with others. */
  decideOnRules<T>(
    caller: Origin,
    resource: Resource,
    work: (draft: Draft, log: LogWrite) => InSteps<T>,
  ): Promise<Decided<T>> {
    return this.decide(caller, resource, work, undefined, true);
  }

  /** Throws the DryRun, unless the write would be refused. */
  private async tryOut<T>(
    caller: Origin,
    resource: Resource,
    decide: (draft: Draft) => InSteps<T>,
  ): Promise<Decided<T>> {
    if (caller.precondition !== undefined || caller.ifRevision !== undefined) {
      await this.dataSource.transaction('REPEATABLE READ', (db) => requirePrecondition(db, caller, resource));
    }
    const { draft, result } = await this.writer.draft(decide);
    if (!(result instanceof HeksherError)) throw new DryRun(draft);
    return { result, ids: { rule: (id) => id, rollout: (id) => id }, revision: draft.base.revision };
  }

  /** What a write would come to on the newest revision, without writing. */
  look<T>(work: (draft: Draft) => InSteps<T>): Promise<T> {
    return this.writer.look(work);
  }

  /**
   * A line must not say what was rolled back, so those of `work` wait for the commit. The caller's precondition is checked
   * once all other writers wait: what it was checked against is what `work` finds. Whatever `work` changes must be granted to the caller.
   */
  async run<T>(caller: Origin, resource: Resource, work: (db: EntityManager, log: LogWrite) => Promise<T>): Promise<T> {
    if (caller.isDryRun === true) throw NO_DRY_RUN;
    const lines: Parameters<LogWrite>[] = [];
    const beganAt = performance.now();
    const written = this.writer.counted(caller, () =>
      inWriteTransaction(this.dataSource, caller, async (db) => {
        this.writer.stats.waitedSince(beganAt);
        await requirePrecondition(db, caller, resource);
        const { approvals } = this;
        const begin = isRestricted(caller) || approvals.length > 0 ? await beginOf(db) : undefined;
        const result = await work(db, (...line) => void lines.push(line));
        if (begin !== undefined) {
          const changed = await settingsChangedSince(db, begin);
          requireGrantedOn(caller, changed);
          requireNoApproval(approvals, changed);
        }
        return { result, revision: caller.onRevision && (await findRevision(db)) };
      }),
    );
    const { result, revision } = await written;
    this.writer.fallBehind();
    if (revision !== undefined) caller.onRevision?.(revision);
    for (const [message, fields] of lines) this.log.info(message, { ...fields, ...originFields(caller) });
    return result;
  }
}

export type Decided<T> = Readonly<{ result: T; ids: IdsOf; revision: Revision }>;
const NO_DRY_RUN = invalid(
  'dry_run cannot be asked of this; a change set with the operation "change_members" can be tried out',
  'dry_run',
  { parameter: 'dry_run', code: 'unknown_parameter' },
);

/** `<seq>-<first 8 of the token>`: which state this is, in an order, and not of another history by chance. */
export function revisionText({ seq, token }: Revision): string {
  return `${seq}-${token.slice(0, 8)}`;
}

function withIds(fields: Readonly<Record<string, unknown>>, ids: IdsOf): Readonly<Record<string, unknown>> {
  const { rule_id, rollout_id } = fields;
  return {
    ...fields,
    ...(typeof rule_id === 'number' && { rule_id: ids.rule(rule_id) }),
    ...(typeof rollout_id === 'number' && { rollout_id: ids.rollout(rollout_id) }),
  };
}

async function requirePrecondition(
  db: EntityManager,
  { precondition, ifRevision }: Origin,
  resource: Resource,
): Promise<void> {
  if (precondition === undefined && ifRevision === undefined) return;
  const found = await resource(db);
  if (ifRevision !== undefined) {
    await requireRevision(db, ifRevision, IF_REVISION);
    const changed = found && (await findLastChange(db, found.trace));
    if (changed !== undefined && changed.seq > ifRevision.seq) throw touchedSince(ifRevision, changed);
  }
  if (precondition === undefined) return;
  const tags = found?.answers.map(({ text }) => strongEtag(text)) ?? [];
  const header = precondition(tags);
  if (header === undefined) return;
  const [etag] = tags;
  if (found === undefined || etag === undefined) throw new PreconditionFailed(header, undefined);
  const changed = await findLastChange(db, found.trace);
  throw new PreconditionFailed(header, { current: found.answers[0], etag, changed });
}

const IF_REVISION = { field: 'Heksher-If-Revision', parameter: 'Heksher-If-Revision' };

function touchedSince({ text }: NamedRevision, { seq, at, actor }: LastChange): HeksherError {
  const message = `Heksher-If-Revision does not hold: what is written to was changed after ${text}, at ${at}, by ${actor} (revision ${seq})`;
  return new HeksherError('precondition_failed', message, {
    errors: [{ ...IF_REVISION, message, code: 'touched_since', details: { seq, actor, at } }],
  });
}

async function findRevision(db: EntityManager): Promise<string | undefined> {
  const [row] = await runPrepared<Revision>(db, FIND_REVISION, []);
  return row && revisionText(row);
}

const FIND_REVISION = {
  name: 'find_revision',
  text: 'select r.seq, r.token from heksher_revision r where r.one_row',
};

function originFields({ actor, client, principal, request_id, message, span }: Origin): Record<string, unknown> {
  return {
    ...(client !== undefined && { client: client() }),
    ...(request_id !== undefined && { request_id }),
    ...loggedSpan(span),
    ...(actor !== undefined && { actor }),
    ...(principal !== undefined && { actor_kind: principal.kind }),
    ...(message !== undefined && { reason: message }),
  };
}
