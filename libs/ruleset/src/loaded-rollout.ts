import {
  type BucketHash,
  type Condition,
  type Context,
  HeksherError,
  type InSteps,
  invalid,
  type JsonText,
  jsonText,
  type Outcome,
  parsePercentage,
  parseRamp,
  parseStoredJson,
  parseStoredVariants,
  primitivesOf,
  quoted,
  type Rollout,
  type Share,
} from '@heksher/core';
import { LazyPattern } from './lazy-pattern.js';
import { type MemberSet } from './member-set.js';

/**
 * A rollout ready to decide, with the texts that answers are spliced from. One that another writer stored so that it cannot
 * be read matches nothing. Its pattern is compiled on first use, also by `enabled` and `problem`: see `preparePatterns`.
 */
export class LoadedRollout implements Rollout {
  readonly id: number;
  readonly feature: string;
  readonly share: Share;
  readonly outcome: Outcome;
  readonly pattern: LazyPattern | undefined;
  readonly hash: BucketHash;
  readonly salt: string;
  readonly metadata: JsonText;
  /** As it is stored: one that cannot be read is not `enabled`, even so. */
  readonly isSwitchedOn: boolean;
  /** `"percentage":20.5` or `"ramp":{…}`, as stored. */
  readonly shareText: string;
  /** `"value":…` or `"variants":[…]`, as stored. */
  readonly outcomeText: string;
  private readonly fault: string | undefined;

  constructor(
    /** Its row; of the conditions those of the rollout itself count. */
    readonly stored: StoredRollout,
    readonly members: MemberSet,
    readonly conditions = stored.conditions,
  ) {
    const { id, feature, percentage, ramp, pattern, value, variants } = stored;
    const share = readable(() => readShare(percentage, ramp), NOTHING);
    const outcome = readable(() => readOutcome(value, variants), NO_OUTCOME);
    this.id = id;
    this.feature = feature;
    this.share = share.read;
    this.outcome = outcome.read;
    this.pattern = pattern === null ? undefined : LazyPattern.of(pattern);
    this.hash = stored.hash === 'crc32' ? 'crc32' : 'murmur3';
    this.salt = stored.salt;
    this.metadata = stored.metadata;
    this.shareText = ramp === null ? `"percentage":${Number(percentage)}` : `"ramp":${ramp}`;
    this.outcomeText = variants === null ? `"value":${value ?? 'null'}` : `"variants":${variants}`;
    this.isSwitchedOn = stored.enabled;
    this.fault = share.fault ?? outcome.fault;
  }

  /** What of it cannot be read; undefined: nothing. */
  get problem(): string | undefined {
    return this.fault ?? this.pattern?.problem;
  }

  get enabled(): boolean {
    return this.isSwitchedOn && this.problem === undefined;
  }

  withConditions(conditions: readonly Condition[]): LoadedRollout {
    return new LoadedRollout(this.stored, this.members, conditions);
  }
}

/** Compiles the patterns that were not needed yet, one in each step. */
export function* preparePatterns(rollouts: readonly LoadedRollout[]): InSteps<void> {
  for (const { pattern } of rollouts) {
    if (pattern === undefined || pattern.isCompiled) continue;
    pattern.compile();
    yield;
  }
}

/**
 * Tests the patterns for the units of a context, one in each step: a pattern prepares itself for what is new in a unit, which
 * may take milliseconds, and is quick for the same unit afterwards.
 */
export function* tryPatterns(rollouts: readonly LoadedRollout[], context: Context): InSteps<void> {
  for (const { pattern, feature } of rollouts) {
    const unit = context.get(feature);
    if (pattern === undefined || unit === undefined) continue;
    pattern.test(unit);
    yield;
  }
}

/** A row of rollouts with what belongs to it, conditions in feature order. Ramp, value and variants are JSON texts. */
export type StoredRollout = Readonly<{
  id: number;
  feature: string;
  enabled: boolean;
  percentage: string | null;
  ramp: string | null;
  pattern: string | null;
  value: string | null;
  variants: string | null;
  hash: string;
  salt: string;
  conditions: readonly Condition[];
  metadata: JsonText;
}>;

function readable<T>(read: () => T, otherwise: T): Readonly<{ read: T; fault: string | undefined }> {
  try {
    return { read: read(), fault: undefined };
  } catch (error) {
    if (!(error instanceof HeksherError)) throw error;
    return { read: otherwise, fault: error.message };
  }
}

const NOTHING: Share = { kind: 'fixed', thousandths: 0 };
const NO_OUTCOME: Outcome = { kind: 'value', value: jsonText('null') };

function readShare(percentage: string | null, ramp: string | null): Share {
  if (ramp === null) return { kind: 'fixed', thousandths: parsePercentage(Number(percentage ?? 'none')) };
  return parseRamp(primitivesOf(parseStoredJson(ramp)));
}

function readOutcome(value: string | null, text: string | null): Outcome {
  if (text === null) return { kind: 'value', value: jsonText(value ?? 'null') };
  const variants = parseStoredVariants(text);
  if (variants === null) throw invalid(`${quoted(text)} is no list of variants`);
  return { kind: 'variants', variants };
}
