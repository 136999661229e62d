import { isFeatureValue } from '@heksher/core';
import { messageOf, retryAfterOf } from '../errors.js';
import { type ProblemLog } from '../problems.js';
import { type SettingEvaluation } from '../reading.js';
import { type ServiceEvaluator, type KnownContext } from '../resolution/live-reader.js';
import { type PreparedSetting } from '../resolution/prepare.js';
import { type EvaluationQueue } from './evaluation-queue.js';

/** Of each setting so many answers are kept; the oldest go first. */
const MAX_KEPT = 10_000;
/** How long nobody asks in the background after the service did not answer. */
const PAUSE_MS = 1_000;

type Answer = SettingEvaluation<unknown> | undefined;
type Kept = { answer: Answer; askedAt: number; asking: Promise<Answer> | undefined };

/** Asks the service, and keeps its answers for as long as values may be old. */
export class RemoteEvaluator implements ServiceEvaluator {
  /** By what a setting was when it was asked about: when its rules change, the answers are forgotten. */
  private readonly kept = new WeakMap<PreparedSetting, Map<string, Kept>>();
  private pausedUntil = 0;

  constructor(
    private readonly queue: Pick<EvaluationQueue, 'evaluate' | 'isFull'>,
    private readonly problems: ProblemLog,
    private readonly maxAgeMs: number,
    private readonly closed: AbortSignal,
  ) {}

  recall(name: string, prepared: PreparedSetting, context: KnownContext): Answer {
    if (!canBeAsked(prepared, context)) return undefined;
    const kept = this.find(prepared, context);
    const now = performance.now();
    const isFresh = kept.answer !== undefined && now - kept.askedAt < this.maxAgeMs;
    const canAsk = now >= this.pausedUntil && !this.closed.aborted && !this.queue.isFull();
    if (!isFresh && kept.asking === undefined && canAsk) {
      void this.send(kept, name, prepared, context);
    }
    return kept.answer;
  }

  ask(name: string, prepared: PreparedSetting, context: KnownContext): Promise<Answer> {
    if (!canBeAsked(prepared, context)) return Promise.resolve(undefined);
    const kept = this.find(prepared, context);
    const isFresh = kept.answer !== undefined && performance.now() - kept.askedAt < this.maxAgeMs;
    if (isFresh || this.closed.aborted) return Promise.resolve(kept.answer);
    return kept.asking ?? this.send(kept, name, prepared, context);
  }

  private find(prepared: PreparedSetting, context: KnownContext): Kept {
    let answers = this.kept.get(prepared);
    if (answers === undefined) this.kept.set(prepared, (answers = new Map<string, Kept>()));
    const key = JSON.stringify(prepared.features.map((feature) => context.get(feature) ?? null));
    const known = answers.get(key);
    if (known !== undefined) return known;
    const [oldest] = answers.size >= MAX_KEPT ? answers.keys() : [];
    if (oldest !== undefined) answers.delete(oldest);
    const kept: Kept = { answer: undefined, askedAt: 0, asking: undefined };
    answers.set(key, kept);
    return kept;
  }

  private send(kept: Kept, name: string, { features }: PreparedSetting, context: KnownContext): Promise<Answer> {
    const askedAt = performance.now();
    const relevant = new Map(features.map((feature) => [feature, context.get(feature)] as const));
    const asking = this.queue
      .evaluate(name, relevant)
      .then(
        (answer) => {
          Object.assign(kept, { answer, askedAt });
          return kept.answer;
        },
        (error: unknown) => {
          this.fail(name, error);
          return kept.answer;
        },
      )
      .finally(() => (kept.asking = undefined));
    kept.asking = asking;
    return asking;
  }

  private fail(setting: string, cause: unknown): void {
    if (this.closed.aborted) return;
    this.pausedUntil = performance.now() + Math.max(PAUSE_MS, retryAfterOf(cause));
    const message = `members of rollouts of "${setting}" are not known here, and could not be asked for: ${messageOf(cause)}`;
    this.problems.report({ kind: 'members', message, setting, cause });
  }
}

/** What the service takes for no value of a feature, it has no member of: what is known here is all there is. */
function canBeAsked({ features }: PreparedSetting, context: KnownContext): boolean {
  return features.every((feature) => {
    const value = context.get(feature);
    return value === undefined || isFeatureValue(value);
  });
}
