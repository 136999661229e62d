import {
  type Context,
  HeksherError,
  type InSteps,
  packContext,
  type PackedContext,
  type PackedTree,
  type Share,
  TextNumbers,
} from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
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
  /** The bytes of its JSON by decision of the tree, where they are kept. */
  answers: (Buffer | undefined)[];
}>;

/** Flags whose trees can be asked with the same packed context. They live as long as their settings stay as they are. */
type Generation = {
  readonly features: readonly string[];
  readonly numbers: TextNumbers;
  readonly flags: WeakMap<Setting, Flag>;
  /** How many numbers there were when all settings were packed for the first time. */
  settledSize: number;
};

/** All flags of a revision. */
type Prepared = Readonly<{ revision: string; generation: Generation; flags: readonly Flag[] }>;

type Asked = Readonly<{ reading: EvaluationReading; context: Context; packed: PackedContext; nowMs: number }>;

/** Batch size of a step, in ordinary flags; a large one is a step of its own. */
const FLAGS_PER_STEP = 256;

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
  /** Of the revision that was asked for last. */
  private prepared: Prepared | undefined;
  private ramps: Readonly<{ revision: string; shares: readonly Share[] }> | undefined;

  constructor(private readonly log: Pick<Logger, 'error'>) {}

  /** The shares that the clock moves. */
  rampsIn(reading: EvaluationReading): readonly Share[] {
    const revision = reading.revisionToken;
    if (this.ramps?.revision !== revision) {
      this.ramps = { revision, shares: [...reading.settings()].flatMap(rampsOf) };
    }
    return this.ramps.shares;
  }

  /** `{"flags": […], "metadata": {…}}`; one step where all is prepared and the flags are few. */
  *write(reading: EvaluationReading, context: Context, nowMs: number): InSteps<Buffer> {
    const revision = reading.revisionToken;
    const prepared = this.prepared?.revision === revision ? this.prepared : yield* this.prepare(reading);
    const { features, numbers } = prepared.generation;
    const asked = { reading, context, packed: packContext(context, features, numbers), nowMs };
    const parts: Buffer[] = [OPENING];
    let untilStep = FLAGS_PER_STEP;
    for (const flag of prepared.flags) {
      const trying = flag.work === 1 ? undefined : reading.tryPatterns(flag.setting, context);
      if (trying !== undefined) yield* trying;
      parts.push(this.answerOf(flag, asked));
      untilStep -= flag.work;
      if (untilStep > 0) continue;
      untilStep = FLAGS_PER_STEP;
      yield;
    }
    if (prepared.flags.length === 0) parts.push(BRACKET);
    parts.push(Buffer.from(`],"metadata":{"revision":${JSON.stringify(revision)}}}`));
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
    this.prepared = { revision: reading.revisionToken, generation, flags };
    return this.prepared;
  }

  /** The one there is, unless features were added or moved, or most of its numbers are in use no more. */
  private generationFor(features: readonly string[]): Generation {
    const now = this.generation;
    const isFit = now !== undefined && now.features.join('\0') === features.join('\0');
    if (isFit && now.numbers.size <= 2 * now.settledSize + MOST_FORGOTTEN) return now;
    this.generation = { features, numbers: new TextNumbers(), flags: new WeakMap(), settledSize: 0 };
    return this.generation;
  }

  private answerOf(flag: Flag, { reading, context, packed, nowMs }: Asked): Buffer {
    const { setting, hasRules, tree, answers } = flag;
    try {
      if (tree === undefined) return flagBytes(setting, hasRules, reading.evaluate(setting, context, nowMs));
      const number = tree.find(packed, nowMs);
      const known = answers[number];
      if (known !== undefined) return known;
      const made = flagBytes(setting, hasRules, tree.decision(number));
      if (number < answers.length) answers[number] = made;
      return made;
    } catch (error) {
      const known = error instanceof HeksherError ? error : new HeksherError('invalid', 'internal error');
      if (known !== error) this.log.error('a flag could not be evaluated', { setting: setting.name, error });
      return Buffer.from(`,${writeFlagError(setting.name, known)}`);
    }
  }
}

function* makeFlag(setting: Setting, reading: EvaluationReading, { numbers, flags }: Generation): InSteps<Flag> {
  const tree = yield* treeOf(setting, reading, numbers);
  const count = tree === undefined || tree.decisionCount > MOST_DECISIONS_KEPT ? 0 : tree.decisionCount;
  const answers = new Array<Buffer | undefined>(count).fill(undefined);
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
