import {
  type Condition,
  HeksherError,
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
  type UnitPattern,
} from '@heksher/core';
import { compilePattern } from '@heksher/core/re2';
import { LRUCache } from 'lru-cache';
import { type MemberSet } from './member-set.js';

/**
 * A rollout as it is held in memory: made ready to decide, with the texts to be spliced into answers. `problem` says
 * what of it, as another writer stored it, nobody can make sense of: such a rollout matches nothing.
 */
export type LoadedRollout = Rollout &
  Readonly<{
    members: MemberSet;
    /** `"percentage":20.5` or `"ramp":{…}`, as stored. */
    shareText: string;
    /** `"value":…` or `"variants":[…]`, as stored. */
    outcomeText: string;
    metadata: JsonText;
    problem: string | undefined;
  }>;

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

export function loadRollout(stored: StoredRollout, members: MemberSet): LoadedRollout {
  const { id, feature, conditions, enabled, percentage, ramp, pattern, value, variants, salt, metadata } = stored;
  const problems: string[] = [];
  const readable = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
      problems.push(error.message);
      return otherwise;
    }
  };
  const share = readable(() => readShare(percentage, ramp), NOTHING);
  const outcome = readable(() => readOutcome(value, variants), NO_OUTCOME);
  const unitPattern = pattern === null ? undefined : readable(() => patternOf(pattern), undefined);
  const [problem] = problems;
  return {
    ...{ id, feature, conditions, share, members, outcome, salt, metadata, problem },
    pattern: unitPattern,
    enabled: enabled && problem === undefined,
    hash: stored.hash === 'crc32' ? 'crc32' : 'murmur3',
    shareText: ramp === null ? `"percentage":${Number(percentage)}` : `"ramp":${ramp}`,
    outcomeText: variants === null ? `"value":${value ?? 'null'}` : `"variants":${variants}`,
  };
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

/** Compiling takes much longer than anything else here, and a rollout often changes in all but its pattern. */
const patterns = new LRUCache<string, UnitPattern>({ max: 1_000 });

function patternOf(source: string): UnitPattern {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const made = compilePattern(source);
  patterns.set(source, made);
  return made;
}
