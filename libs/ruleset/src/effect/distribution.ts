import {
  type AdmittedBy,
  BUCKETS,
  drawnVariant,
  forEachInSteps,
  type InSteps,
  isWithinShare,
  shareAt,
  variantModulus,
  type Variant,
} from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { type MemberSet } from '../member-set.js';

/** What a unit gets: the outcome of that number, of the rollout of that place in a list; undefined: none of them admits it. */
export type Slot = Readonly<{ place: number; outcome: number }> | undefined;

/**
 * Units that get one thing of the rollouts before, and another or the same of those after. The weight counts no members, and
 * no units that have a pattern, since their number is not known: `by` says whether they are among these.
 */
export type Move = { readonly from: Slot; readonly to: Slot; weight: bigint; readonly by: Set<AdmittedBy> };

/** Weights sum up to `whole`. */
export type Distribution = Readonly<{ moves: readonly Move[]; whole: bigint }>;

/** Something that units differ in, as far as these rollouts can tell: of each kind of units how many there are, of `period`. */
type Dimension = Readonly<{ period: number; kinds: readonly Readonly<{ weight: number; pick: number }>[] }>;

/** The kinds of a unit by dimension. */
type Picks = ReadonlyMap<string, number>;

/** More kinds of units than this are not looked at. */
const MOST_KINDS = 50_000;

/** Members up to this number are looked up, so that no combination of sets is supposed that no unit has. */
const MOST_UNITS = 200_000;

/** Sets of members of one feature in bits of a number. */
const MOST_SETS = 30;

const MOST_RESIDUES = 100_000;

/**
 * How units are divided among two lists of rollouts, by precedence, that may all match: exact for each hash and salt, and
 * as if those of different ones were independent. Undefined: too many cases.
 */
export function* distribute(
  before: readonly LoadedRollout[],
  after: readonly LoadedRollout[],
  atMs: number,
): InSteps<Distribution | undefined> {
  const lists = new Lists(before, after, atMs);
  if (lists.hasTooManySets) return undefined;
  yield* lists.measure();
  const moves = new Map<string, Move>();
  const open: (readonly [picks: Picks, weight: bigint])[] = [[new Map(), lists.whole]];
  let tried = 0;
  for (let kind = open.pop(); kind !== undefined; kind = open.pop()) {
    if ((tried += 1) > MOST_KINDS) return undefined;
    if (tried % 256 === 0) yield;
    const [picks, weight] = kind;
    const missing = lists.record(moves, picks, weight);
    if (missing === undefined) continue;
    const dimension = lists.dimension(missing);
    for (const { pick, weight: part } of dimension.kinds) {
      open.push([new Map([...picks, [missing, pick]]), (weight * BigInt(part)) / BigInt(dimension.period)]);
    }
  }
  return { moves: [...moves.values()], whole: lists.whole };
}

/** A percentage with at most eight decimals: exact for a rollout, whose buckets and variants are whole numbers of 100 000. */
export function percentOf(weight: bigint, whole: bigint): number {
  return Number((weight * 10_000_000_000n + whole / 2n) / whole) / 100_000_000;
}

class Lists {
  private readonly all: readonly LoadedRollout[];
  private readonly sets = new Map<string, MemberSet[]>();
  private readonly dimensions = new Map<string, Dimension>();
  whole = 1n;

  constructor(
    private readonly before: readonly LoadedRollout[],
    private readonly after: readonly LoadedRollout[],
    private readonly atMs: number,
  ) {
    this.all = [...before, ...after];
    for (const { feature, members } of this.all) {
      const known = this.sets.get(feature) ?? [];
      if (members.size > 0 && !known.includes(members)) this.sets.set(feature, [...known, members]);
    }
  }

  get hasTooManySets(): boolean {
    return [...this.sets.values()].some(({ length }) => length > MOST_SETS);
  }

  *measure(): InSteps<void> {
    for (const rollout of this.all) if (rollout.pattern !== undefined) this.dimensions.set(patternKey(rollout), EITHER);
    for (const [feature, sets] of this.sets) this.dimensions.set(memberKey(feature), yield* dimensionOfSets(sets));
    for (const rollout of this.all) {
      for (const key of [drawKey(rollout), variantKey(rollout)]) {
        if (!this.dimensions.has(key)) this.dimensions.set(key, this.dimensionOfDraws(key, rollout));
        yield;
      }
    }
    for (const { period } of this.dimensions.values()) this.whole *= BigInt(period);
  }

  dimension(key: string): Dimension {
    const dimension = this.dimensions.get(key);
    if (dimension === undefined) throw new RangeError(`nothing is known of ${key}`);
    return dimension;
  }

  /** Records what units of these kinds get; else says in what they differ that must be known for that. */
  record(moves: Map<string, Move>, picks: Picks, weight: bigint): string | undefined {
    const from = this.slotIn(this.before, picks);
    if (typeof from === 'string') return from;
    const to = this.slotIn(this.after, picks);
    if (typeof to === 'string') return to;
    const key = `${from?.place}:${from?.outcome}>${to?.place}:${to?.outcome}`;
    const move = moves.get(key) ?? { from, to, weight: 0n, by: new Set<AdmittedBy>() };
    move.weight += weight;
    for (const by of reasonsOf(picks)) move.by.add(by);
    moves.set(key, move);
    return undefined;
  }

  private slotIn(list: readonly LoadedRollout[], picks: Picks): Slot | string {
    for (const [place, rollout] of list.entries()) {
      const admitted = this.admits(rollout, picks);
      if (typeof admitted === 'string') return admitted;
      if (!admitted) continue;
      const { outcome, hash } = rollout;
      if (outcome.kind === 'value') return { place, outcome: 0 };
      const drawn = picks.get(variantKey(rollout));
      if (drawn === undefined) return variantKey(rollout);
      return { place, outcome: drawnVariant(hash, drawn, outcome.variants) };
    }
    return undefined;
  }

  private admits(rollout: LoadedRollout, picks: Picks): boolean | string {
    const { feature, members, pattern, share, hash } = rollout;
    if (members.size > 0) {
      const pick = picks.get(memberKey(feature));
      if (pick === undefined) return memberKey(feature);
      if (((pick >>> (this.sets.get(feature) ?? []).indexOf(members)) & 1) === 1) return true;
    }
    if (pattern !== undefined) {
      const pick = picks.get(patternKey(rollout));
      if (pick === undefined) return patternKey(rollout);
      if (pick === 1) return true;
    }
    const thousandths = shareAt(share, this.atMs);
    if (thousandths <= 0 || thousandths >= BUCKETS) return thousandths > 0;
    const drawn = picks.get(drawKey(rollout));
    return drawn === undefined
      ? drawKey(rollout)
      : isWithinShare(hash, hash === 'crc32' ? drawn % 100 : drawn, thousandths);
  }

  /** The buckets of a hash, those together of which all rollouts make the same. */
  private dimensionOfDraws(key: string, { hash }: LoadedRollout): Dimension {
    if (hash === 'crc32') return this.dimensionOfResidues(key);
    const cuts = new Set([0]);
    for (const rollout of this.all) {
      if (rollout.hash === 'crc32') continue;
      if (drawKey(rollout) === key) cuts.add(Math.max(0, shareAt(rollout.share, this.atMs)));
      if (variantKey(rollout) === key) for (const cut of cutsOf(variantsOf(rollout))) cuts.add(cut);
    }
    const sorted = [...cuts].filter((cut) => cut < BUCKETS).sort((a, b) => a - b);
    const kinds = sorted.map((pick, index) => ({ pick, weight: (sorted[index + 1] ?? BUCKETS) - pick }));
    return { period: BUCKETS, kinds };
  }

  /** Admission and variants all go by the rest of one CRC. */
  private dimensionOfResidues(key: string): Dimension {
    const alike = this.all.filter((rollout) => rollout.hash === 'crc32' && drawKey(rollout) === key);
    const moduli = alike
      .map(variantsOf)
      .filter(({ length }) => length > 0)
      .map(variantModulus);
    const period = moduli.reduce(leastCommonMultiple, 100);
    const kinds = new Map<string, { pick: number; weight: number }>();
    // Beyond, what is left out is less than a thousandth of a percent of the whole for each variant.
    const step = Math.ceil(period / MOST_RESIDUES);
    const counted = Math.floor(period / step);
    for (let residue = 0; residue < counted; residue += 1) {
      const pick = residue * step;
      const signature = alike.map((one) => this.signatureOf(one, pick)).join();
      const kind = kinds.get(signature) ?? { pick, weight: 0 };
      kind.weight += 1;
      kinds.set(signature, kind);
    }
    return { period: counted, kinds: [...kinds.values()] };
  }

  private signatureOf(rollout: LoadedRollout, residue: number): string {
    const variants = variantsOf(rollout);
    const isIn = isWithinShare('crc32', residue % 100, shareAt(rollout.share, this.atMs));
    return `${isIn} ${variants.length === 0 ? 0 : drawnVariant('crc32', residue, variants)}`;
  }
}

const EITHER: Dimension = {
  period: 1,
  kinds: [
    { pick: 0, weight: 1 },
    { pick: 1, weight: 0 },
  ],
};

function memberKey(feature: string): string {
  return `m ${feature}`;
}

function patternKey({ feature, pattern }: LoadedRollout): string {
  return `p ${feature} ${pattern?.source}`;
}

function drawKey({ hash, feature, salt }: LoadedRollout): string {
  return hash === 'crc32' ? `c ${feature}` : `r ${feature} ${salt}`;
}

function variantKey(rollout: LoadedRollout): string {
  return rollout.hash === 'crc32' ? drawKey(rollout) : `v ${rollout.feature} ${rollout.salt}`;
}

function reasonsOf(picks: Picks): readonly AdmittedBy[] {
  const reasons: AdmittedBy[] = [];
  for (const [key, pick] of picks) {
    if (pick > 0 && key.startsWith('m ')) reasons.push('member');
    if (pick > 0 && key.startsWith('p ')) reasons.push('pattern');
  }
  return reasons.length === 0 ? ['percentage'] : reasons;
}

function variantsOf({ outcome }: LoadedRollout): readonly Variant[] {
  return outcome.kind === 'value' ? [] : outcome.variants;
}

/** The buckets at which the next variant begins. */
function cutsOf(variants: readonly Variant[]): readonly number[] {
  const sum = variants.reduce((total, { weight }) => total + weight, 0);
  let reached = 0;
  return variants.map(({ weight }) => Math.ceil(((reached += weight) * BUCKETS) / sum));
}

/** By bits: which of the sets have the unit. */
function* dimensionOfSets(sets: readonly MemberSet[]): InSteps<Dimension> {
  const masks = new Set([0]);
  if (sets.reduce((sum, { size }) => sum + size, 0) > MOST_UNITS) addAllMasks(masks, sets.length);
  else {
    const maskOf = (unit: string): number =>
      sets.reduce((mask, one, index) => (one.has(unit) ? mask | (1 << index) : mask), 0);
    for (const set of sets) yield* forEachInSteps(set, (unit) => void masks.add(maskOf(unit)));
  }
  return { period: 1, kinds: Array.from(masks, (pick) => ({ pick, weight: pick === 0 ? 1 : 0 })) };
}

function addAllMasks(masks: Set<number>, length: number): void {
  for (let mask = 0; mask < 2 ** Math.min(length, 12); mask += 1) masks.add(mask);
}

function leastCommonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}
