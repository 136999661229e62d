import { admittedBy, BUCKETS, featureOf, type InSteps, jsonKey, shareAt } from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { type StoredRule } from '../rule-table.js';
import { type Cell, type CellShare } from './cell.js';
import { type Cube, cubeOf, fixedIn, isWithin, meet } from './cube.js';
import { decidedBy, joined, outcomeFor, unitIn } from './decided-moves.js';
import { type Distribution, distribute, percentOf, type Slot } from './distribution.js';
import { Exceptions } from './exceptions.js';
import { type Decided, type RuleLine, type Side, type SoftLine } from './side.js';
import { type RolloutPair, type TouchedRules } from './touched.js';

/** Exceptions listed for a cell. */
const MOST_EXCEPTIONS = 500;

/** What is left to be spent on cells, by all settings together. */
export type Room = { cells: number; pairs: number; exceptions: number };

export function newRoom(): Room {
  return { cells: 1_000, pairs: 20_000, exceptions: 10_000 };
}

/** A setting before and after, and what of it was touched. */
export type Comparison = Readonly<{
  before: Side;
  after: Side;
  rules: TouchedRules;
  rollouts: readonly RolloutPair[];
  /** Whether features that it uses stand in another order. */
  isReordered: boolean;
  atMs: number;
}>;

/** The cells; `more`: there may be others. */
export function* cellsOf(
  comparison: Comparison,
  room: Room,
): InSteps<Readonly<{ cells: readonly Cell[]; more: boolean }>> {
  const finder = new CellFinder(comparison, room);
  yield* finder.find();
  return { cells: finder.cells, more: finder.more };
}

/**
 * Each context has a first rule, or the default, that matches before, and one that does after. Where two of these are given,
 * contexts are those that match both and nothing above them; these are divided further by the rollouts above that may match.
 * Only pairs are looked at of which one was touched, or that have a touched rollout above them.
 */
class CellFinder {
  readonly cells: Cell[] = [];
  more = false;
  private readonly before: Side;
  private readonly after: Side;
  /** Keys of the rules that came, went or changed. */
  private readonly touched: ReadonlySet<string>;
  private readonly softs: Readonly<Record<'before' | 'after', ReadonlySet<LoadedRollout>>>;
  private readonly seen = new Set<string>();
  private readonly distributions = new Map<string, Distribution | undefined>();

  constructor(
    private readonly comparison: Comparison,
    private readonly room: Room,
  ) {
    const { before, after, rules, rollouts, isReordered } = comparison;
    this.before = before;
    this.after = after;
    this.touched = new Set([...rules.gone, ...rules.come].map(({ id }) => String(id)));
    const touched = rollouts.filter(({ isTouched }) => isTouched || isReordered);
    this.softs = {
      before: new Set(touched.flatMap((pair) => pair.before ?? [])),
      after: new Set(touched.flatMap((pair) => pair.after ?? [])),
    };
  }

  *find(): InSteps<void> {
    const { before, after, comparison } = this;
    const { gone, come } = comparison.rules;
    yield* this.pair(before.default, after.default);
    for (const rule of come) {
      if (this.isFull()) return;
      const line = after.lineOf(rule);
      const was = yield* this.twinIn(before, rule);
      if (was !== undefined) {
        yield* this.pair(before.lineOf(was), line);
        continue;
      }
      yield* this.pair(before.default, line);
      yield* this.below(before, line, (other) => this.pair(before.lineOf(other), line));
    }
    for (const rule of gone) {
      if (this.isFull()) return;
      const line = before.lineOf(rule);
      const is = yield* this.twinIn(after, rule);
      if (is !== undefined) {
        yield* this.pair(line, after.lineOf(is));
        continue;
      }
      yield* this.pair(line, after.default);
      yield* this.below(after, line, (other) => this.pair(line, after.lineOf(other)));
    }
    for (const side of [before, after]) {
      for (const soft of side.softs) {
        if (!this.softs[side === before ? 'before' : 'after'].has(soft.rollout)) continue;
        yield* this.below(side, soft, (rule) => this.untouched(rule));
      }
    }
    if (comparison.isReordered) yield* this.findReordered();
  }

  /** The rule with the same conditions, below which none decides in its place while features keep their order. */
  private *twinIn(side: Side, { conditions }: StoredRule): InSteps<StoredRule | undefined> {
    if (this.comparison.isReordered) return undefined;
    const shape = side.shapeOf(conditions.map(featureOf));
    const alike = side.shapes.find((one) => one.shape === shape);
    const rows = alike && (yield* side.agreeing(alike, fixedIn(cubeOf(conditions))));
    const [row] = Array.from(rows ?? []);
    return row === undefined ? undefined : side.ruleAt(row);
  }

  /** The rules that overlap with a line and do not stand above it. */
  private *below(
    side: Side,
    { cube, shape }: RuleLine | SoftLine,
    visit: (rule: StoredRule) => InSteps<void>,
  ): InSteps<void> {
    const fixed = fixedIn(cube);
    for (const one of side.shapes) {
      if (one.shape > shape && !this.comparison.isReordered) continue;
      const rows = yield* side.agreeing(one, fixed);
      for (let place = 0; place < rows.length; place += 1) {
        if (this.isFull()) return;
        yield* visit(side.ruleAt(rows[place] ?? 0));
      }
    }
  }

  private *untouched(rule: StoredRule): InSteps<void> {
    if (!this.touched.has(String(rule.id))) yield* this.pair(this.before.lineOf(rule), this.after.lineOf(rule));
  }

  /** Two rules that stayed as they were decide in one another's place only where their order changed. */
  private *findReordered(): InSteps<void> {
    const { before, after } = this;
    for (const high of before.shapes) {
      const lows = after.shapes.filter(({ shape, features }) => {
        return before.shapeOf(features) < high.shape && shape > after.shapeOf(high.features);
      });
      if (lows.length === 0) continue;
      for (const row of high.group.rows) {
        if (this.isFull()) return;
        const line = before.lineOf(before.ruleAt(row));
        for (const low of lows) {
          const rows = yield* after.agreeing(low, fixedIn(line.cube));
          for (let place = 0; place < rows.length && !this.isFull(); place += 1) {
            yield* this.pair(line, after.lineOf(after.ruleAt(rows[place] ?? 0)));
          }
        }
      }
    }
  }

  private isFull(): boolean {
    const { cells, pairs } = this.room;
    if (cells <= 0 || pairs <= 0) this.more = true;
    return this.more;
  }

  private *pair(from: RuleLine, to: RuleLine): InSteps<void> {
    const key = `${from.key}>${to.key}`;
    if (this.isFull() || this.seen.has(key)) return;
    this.seen.add(key);
    const cube = meet(from.cube, to.cube);
    this.room.pairs -= 1;
    if (this.room.pairs % 16 === 0) yield;
    if (cube !== undefined) yield* this.divide({ from, to, cube, without: [] });
  }

  /** Divides contexts into those where the conditions of a rollout hold and those where not, until there is none that may match. */
  private *divide(area: Area): InSteps<void> {
    if (this.isFull()) return;
    const { from, to, cube, without } = area;
    if (without.some((other) => isWithin(cube, other)) || (yield* this.isOverridden(area))) return;
    const before = this.softsAbove(this.before, from, area);
    const after = this.softsAbove(this.after, to, area);
    if (!this.mayDiffer(area, before, after)) return;
    const next = [...before, ...after].find((soft) => !isWithin(cube, soft.cube));
    if (next === undefined) {
      yield* this.decide(area, before, after);
      return;
    }
    this.room.pairs -= 1;
    yield;
    const inside = meet(cube, next.cube);
    if (inside !== undefined) yield* this.divide({ ...area, cube: inside });
    yield* this.divide({ ...area, without: [...without, next.cube] });
  }

  /** Whether a rule above takes all contexts. */
  private *isOverridden({ from, to, cube }: Area): InSteps<boolean> {
    const fixed = fixedIn(cube);
    for (const [side, line] of [
      [this.before, from],
      [this.after, to],
    ] as const) {
      for (const one of side.shapes) {
        if (one.shape <= line.shape || !one.features.every((feature) => fixed.has(feature))) continue;
        if ((yield* side.agreeing(one, fixed)).length > 0) return true;
      }
    }
    return false;
  }

  /** The rollouts above a line that may match, up to the first that always does. */
  private softsAbove({ softs }: Side, { shape }: RuleLine, { cube, without }: Area): readonly SoftLine[] {
    const above: SoftLine[] = [];
    for (const soft of softs) {
      if (soft.shape <= shape) break;
      const inside = meet(cube, soft.cube);
      if (inside === undefined || without.some((other) => isWithin(inside, other))) continue;
      const unit = unitIn(cube, soft);
      const isAdmitted = unit !== undefined && admittedBy(soft.rollout, unit, this.comparison.atMs) !== undefined;
      if (unit !== undefined && !isAdmitted) continue;
      above.push(soft);
      if (isWithin(cube, soft.cube) && (isAdmitted || this.admitsAll(soft))) break;
    }
    return above;
  }

  private admitsAll({ rollout: { share } }: SoftLine): boolean {
    return shareAt(share, this.comparison.atMs) >= BUCKETS;
  }

  private mayDiffer({ from, to }: Area, before: readonly SoftLine[], after: readonly SoftLine[]): boolean {
    if (from.key !== to.key || this.touched.has(from.key)) return true;
    if (jsonKey(from.decided.value) !== jsonKey(to.decided.value)) return true;
    return (
      before.some(({ rollout }) => this.softs.before.has(rollout)) ||
      after.some(({ rollout }) => this.softs.after.has(rollout))
    );
  }

  private *decide(area: Area, before: readonly SoftLine[], after: readonly SoftLine[]): InSteps<void> {
    const [old, now] = [this.resolve(area.cube, before, area.from), this.resolve(area.cube, after, area.to)];
    if (old.open.length + now.open.length === 0) {
      yield* this.add(area, old.last, now.last, undefined);
      return;
    }
    const distribution = yield* this.distributionOf(old.open, now.open);
    if (distribution === undefined) {
      this.more = true;
      return;
    }
    const decidedIn = (list: Resolved, slot: Slot): Decided =>
      slot === undefined ? list.last : decidedBy(list.open[slot.place], slot.outcome, list.last);
    const moves = joined(
      distribution.moves,
      (slot) => decidedIn(old, slot),
      (slot) => decidedIn(now, slot),
    );
    for (const move of moves) {
      const isAll = moves.length === 1;
      const share = isAll ? undefined : { percent: percentOf(move.weight, distribution.whole), by: [...move.by] };
      yield* this.add(area, move.from, move.to, share);
    }
  }

  private resolve(cube: Cube, softs: readonly SoftLine[], line: RuleLine): Resolved {
    const open: LoadedRollout[] = [];
    for (const soft of softs) {
      const unit = unitIn(cube, soft);
      if (unit === undefined) open.push(soft.rollout);
      else return { open, last: decidedBy(soft.rollout, outcomeFor(soft.rollout, unit), line.decided) };
    }
    return { open, last: line.decided };
  }

  private *distributionOf(
    before: readonly LoadedRollout[],
    after: readonly LoadedRollout[],
  ): InSteps<Distribution | undefined> {
    const key = `${before.map(({ id }) => id).join()}>${after.map(({ id }) => id).join()}`;
    if (!this.distributions.has(key)) {
      this.distributions.set(key, yield* distribute(before, after, this.comparison.atMs));
    }
    return this.distributions.get(key);
  }

  private *add(area: Area, from: Decided, to: Decided, share: CellShare | undefined): InSteps<void> {
    if (jsonKey(from.value) === jsonKey(to.value) || this.isFull()) return;
    this.room.cells -= 1;
    this.cells.push({ ...(yield* this.whenOf(area)), from, to, share });
  }

  private *whenOf(area: Area): InSteps<Pick<Cell, 'when' | 'except' | 'omitted'>> {
    const exceptions = new Exceptions(area, Math.min(this.room.exceptions, MOST_EXCEPTIONS));
    for (const cube of area.without) exceptions.add(cube);
    const fixed = fixedIn(area.cube);
    const { isReordered, rules } = this.comparison;
    for (const one of this.after.shapes) {
      if (one.shape > area.to.shape)
        yield* this.addRows(exceptions, this.after, yield* this.after.agreeing(one, fixed));
    }
    for (const one of this.before.shapes) {
      if (one.shape <= area.from.shape) continue;
      const isAdded = this.after.shapeOf(one.features) > area.to.shape && !isReordered;
      if (!isAdded) yield* this.addRows(exceptions, this.before, yield* this.before.agreeing(one, fixed));
    }
    if (!isReordered) {
      for (const [index, rule] of rules.gone.entries()) {
        if (index % 1_024 === 1_023) yield;
        const line = this.before.lineOf(rule);
        if (line.shape > area.from.shape) exceptions.add(line.cube);
      }
    }
    this.room.exceptions -= exceptions.count;
    return exceptions.finish([...this.after.features, ...this.before.features]);
  }

  private *addRows(exceptions: Exceptions, side: Side, rows: ArrayLike<number>): InSteps<void> {
    for (let place = 0; place < rows.length; place += 1) {
      if (exceptions.isFull) {
        exceptions.omitted += rows.length - place;
        return;
      }
      exceptions.addRule(side.ruleAt(rows[place] ?? 0).conditions);
      if (place % 128 === 127) yield;
    }
  }
}

/** The contexts of a set in which the first rule that matches is the one before, and the other after; `without` some. */
type Area = Readonly<{ from: RuleLine; to: RuleLine; cube: Cube; without: readonly Cube[] }>;

/** Rollouts that may admit a unit, which is not known, and what is decided if they do not. */
type Resolved = Readonly<{ open: readonly LoadedRollout[]; last: Decided }>;
