import {
  alternativesIn,
  type Context,
  type Decision,
  flagReasonOf,
  HeksherError,
  type InSteps,
  packContext,
  type PackedContext,
  type PackedTree,
  type Share,
  TextNumbers,
} from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { LRUCache } from 'lru-cache';
import { EVENTS_PATH } from '../../access/channel.js';
import { type EvaluationCounts, REASON_CODES } from '../evaluation/evaluation-counts.js';
import { type EvaluationReading, rampsOf, workOf } from '../evaluation/evaluation-reading.js';
import { type Logger } from '../logging/index.js';
import { flagBytes, writeFlagError } from './flag.js';

/** A setting as a flag; a large one has no tree, and is evaluated in each context on its own. */
type Flag = Readonly<{
  setting: Setting;
  hasRules: boolean;
  tree: PackedTree | undefined;
  /** How many flags of an ordinary setting it takes as long as. */
  work: number;
  /** By decision of the tree, where they are kept. */
  answers: (FlagAnswer | undefined)[];
}>;

/** Flags whose trees can be asked with the same packed context. They live as long as their settings stay as they are. */
type Generation = {
  readonly features: readonly string[];
  readonly numbers: TextNumbers;
  readonly flags: WeakMap<Setting, Flag>;
  /** How many numbers there were when all settings were packed for the first time. */
  settledSize: number;
};

/** Of so many who see different settings, what is prepared is kept. */
const MOST_VISIBILITIES = 32;

/** The bytes of a flag's JSON, and the code of its reason. */
type FlagAnswer = Readonly<{ bytes: Buffer; reason: number }>;

type Ramps = Readonly<{ revision: string; shares: readonly Share[] }>;

/** All flags of a revision. */
type Prepared = Readonly<{ revision: string; generation: Generation; flags: readonly Flag[] }>;

type Asked = Readonly<{ reading: EvaluationReading; context: Context; packed: PackedContext; nowMs: number }>;

/** Batch size of a step, in ordinary flags; a large one is a step of its own. */
const FLAGS_PER_STEP = 256;

/** So many bytes take about as long as an ordinary flag. */
const BYTES_OF_FLAG = 512;

/** Of a setting with more decisions, no bytes are kept. */
const MOST_DECISIONS_KEPT = 256;

/** This many unused values may accumulate before everything is packed again. */
const MOST_FORGOTTEN = 100_000;

/** The comma before the first flag gives way to the bracket. */
const OPENING = Buffer.from('{"flags":');
const BRACKET = Buffer.from('[');

/** All settings as flags, in one context after another. No answer is kept but that of each flag. */
export class AllFlags {
  private generation: Generation | undefined;
  /** Of the revision that was asked for last, by which settings are visible. */
  private readonly prepared = new LRUCache<string, Prepared>({ max: MOST_VISIBILITIES });
  private readonly ramps = new LRUCache<string, Ramps>({ max: MOST_VISIBILITIES });

  private readonly tally: Float64Array;

  constructor(
    private readonly log: Pick<Logger, 'error'>,
    private readonly counts: Pick<EvaluationCounts, 'of' | 'addSetting'>,
  ) {
    this.tally = counts.of('ofrep_bulk');
  }

  /** The shares that the clock moves. */
  rampsIn(reading: EvaluationReading): readonly Share[] {
    const revision = reading.revisionToken;
    const known = this.ramps.get(reading.visibility);
    if (known?.revision === revision) return known.shares;
    const shares = [...reading.settings()].flatMap(rampsOf);
    this.ramps.set(reading.visibility, { revision, shares });
    return shares;
  }

  /**
   * `{"flags": […], "metadata": {…}}`; one step where all is prepared and the flags are few.
   * @param channel by which changes are followed, which the answer then says
   */
  *write(reading: EvaluationReading, context: Context, nowMs: number, channel?: string): InSteps<Buffer> {
    const revision = reading.revisionToken;
    const known = this.prepared.get(reading.visibility);
    const prepared = known?.revision === revision ? known : yield* this.prepare(reading);
    const { features, numbers } = prepared.generation;
    const asked = { reading, context, packed: packContext(context, features, numbers), nowMs };
    const parts: Buffer[] = [OPENING];
    const { tally, counts } = this;
    let untilStep = FLAGS_PER_STEP;
    for (const flag of prepared.flags) {
      const trying = flag.work === 1 ? undefined : reading.tryPatterns(flag.setting, context);
      if (trying !== undefined) yield* trying;
      const found = this.find(flag, asked);
      const { bytes, reason } = 'bytes' in found ? found : yield* madeOf(flag, found);
      tally[reason] = (tally[reason] ?? 0) + 1;
      counts.addSetting(flag.setting.name);
      parts.push(bytes);
      untilStep -= Math.max(flag.work, bytes.length / BYTES_OF_FLAG);
      if (untilStep > 0) continue;
      untilStep = FLAGS_PER_STEP;
      yield;
    }
    if (prepared.flags.length === 0) parts.push(BRACKET);
    const asOf = reading.asOf === undefined ? '' : `,"as_of":${reading.asOf}`;
    const events = channel === undefined ? '' : `,"eventStreams":${eventStreams(channel)}`;
    parts.push(Buffer.from(`],"metadata":{"revision":${JSON.stringify(revision)}${asOf}}${events}}`));
    const body = Buffer.concat(parts);
    BRACKET.copy(body, OPENING.length);
    return body;
  }

  private *prepare(reading: EvaluationReading): InSteps<Prepared> {
    const generation = this.generationFor([...reading.features]);
    const flags: Flag[] = [];
    for (const setting of reading.settings()) {
      flags.push(generation.flags.get(setting) ?? (yield* makeFlag(setting, reading, generation)));
    }
    if (generation.settledSize === 0) generation.settledSize = generation.numbers.size;
    const prepared = { revision: reading.revisionToken, generation, flags };
    this.prepared.set(reading.visibility, prepared);
    return prepared;
  }

  /** The one there is, unless features were added or moved, or most of its numbers are in use no more. */
  private generationFor(features: readonly string[]): Generation {
    const now = this.generation;
    const isFit = now !== undefined && now.features.join('\0') === features.join('\0');
    if (isFit && now.numbers.size <= 2 * now.settledSize + MOST_FORGOTTEN) return now;
    this.generation = { features, numbers: new TextNumbers(), flags: new WeakMap(), settledSize: 0 };
    return this.generation;
  }

  /** The bytes of the flag in the context where they are known, or the decision that they are made of. */
  private find(flag: Flag, { reading, context, packed, nowMs }: Asked): FlagAnswer | Found {
    const { setting, tree, answers } = flag;
    try {
      if (tree === undefined) return { decision: reading.evaluate(setting, context, nowMs), number: Infinity };
      const number = tree.find(packed, nowMs);
      return answers[number] ?? { decision: tree.decision(number), number };
    } catch (error) {
      const known = error instanceof HeksherError ? error : new HeksherError('invalid', 'internal error');
      if (known !== error) this.log.error('a flag could not be evaluated', { setting: setting.name, error });
      return { bytes: Buffer.from(`,${writeFlagError(setting.name, known)}`), reason: REASON_CODES.ERROR };
    }
  }
}

/** How long a page that nobody looks at goes on following. */
const INACTIVITY_S = 120;

function eventStreams(channel: string): string {
  const endpoint = { requestUri: EVENTS_PATH + channel };
  return JSON.stringify([{ type: 'sse', endpoint, inactivityDelaySec: INACTIVITY_S }]);
}

/** A decision, and its number in the tree. */
type Found = Readonly<{ decision: Decision; number: number }>;

function* madeOf({ setting, hasRules, answers }: Flag, { decision, number }: Found): InSteps<FlagAnswer> {
  const bytes = yield* flagBytes(setting, hasRules, decision);
  const reason = REASON_CODES[flagReasonOf(decision, alternativesIn(hasRules, setting.rollouts))];
  const made = { bytes, reason };
  if (number < answers.length) answers[number] = made;
  return made;
}

function* makeFlag(setting: Setting, reading: EvaluationReading, { numbers, flags }: Generation): InSteps<Flag> {
  const tree = yield* treeOf(setting, reading, numbers);
  const count = tree === undefined || tree.decisionCount > MOST_DECISIONS_KEPT ? 0 : tree.decisionCount;
  const answers = new Array<FlagAnswer | undefined>(count).fill(undefined);
  const work = tree === undefined ? FLAGS_PER_STEP : workOf(setting);
  const flag = { setting, hasRules: reading.hasRules(setting), tree, work, answers };
  flags.set(setting, flag);
  return flag;
}

/** What cannot be packed cannot be evaluated either, which is then reported of this flag alone. */
function* treeOf(setting: Setting, reading: EvaluationReading, numbers: TextNumbers): InSteps<PackedTree | undefined> {
  try {
    return yield* reading.packedTree(setting, numbers);
  } catch (error) {
    if (error instanceof HeksherError) return undefined;
    throw error;
  }
}
