import { type Condition, type InSteps, type JsonText, jsonText, shapeOf, shareAt } from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { type Group, groupsOf } from '../rule-numbers.js';
import { ruleAt, type StoredRule } from '../rule-table.js';
import { type Ruleset, type Setting } from '../ruleset.js';
import { type Cube, cubeOf } from './cube.js';

/** What decides on a value. */
export type Decider =
  | Readonly<{ kind: 'rule'; id: number }>
  | Readonly<{ kind: 'rollout'; id: number; variant: string | undefined }>
  | Readonly<{ kind: 'default' }>;

/** A value, and what decides on it. */
export type Decided = Readonly<{ value: JsonText; by: Decider }>;

/** A rule or the default; a shape that sorts higher has precedence. */
export type RuleLine = Readonly<{ key: string; shape: string; cube: Cube; decided: Decided }>;

/** A rollout that may admit somebody at the instant; `cube` is where its conditions hold and its unit is known. */
export type SoftLine = Readonly<{ shape: string; cube: Cube; rollout: LoadedRollout }>;

/** Rules with conditions on the same features. */
export type Shape = Readonly<{ features: readonly string[]; shape: string; group: Group; index: GroupIndex }>;

/** Scanning adjacent numbers is quick; groups beyond `FEW` rows that are scanned often get an index. */
const FEW = 2_048;
const PATIENCE = 1_024;
const ROWS_PER_STEP = 1_024;

/** Which number is wanted in which columns. */
type Wanted = readonly (readonly [column: number, number: number])[];

/** Rows by the numbers of the values that they have in some columns; made when it is worth it. */
class GroupIndex {
  private readonly scans = new Map<string, number>();
  private readonly made = new Map<string, ReadonlyMap<string, readonly number[]>>();

  *find(group: Group, wanted: Wanted): InSteps<readonly number[]> {
    const key = wanted.map(([column]) => column).join();
    const scans = this.scans.get(key) ?? 0;
    if (group.rows.length <= FEW || scans < PATIENCE) {
      this.scans.set(key, scans + 1);
      yield;
      return scan(group, wanted);
    }
    const index = this.made.get(key) ?? (yield* this.make(group, wanted));
    this.made.set(key, index);
    return index.get(wanted.map(([, number]) => number).join()) ?? [];
  }

  private *make({ rows, columns }: Group, wanted: Wanted): InSteps<ReadonlyMap<string, readonly number[]>> {
    const index = new Map<string, number[]>();
    for (const [place, row] of rows.entries()) {
      if (place % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
      const key = wanted.map(([column]) => columns[column]?.[place]).join();
      const known = index.get(key);
      if (known === undefined) index.set(key, [row]);
      else known.push(row);
    }
    return index;
  }
}

/** `indexOf` compares ten times as fast as a loop (Node 20). */
function scan({ rows, columns }: Group, wanted: Wanted): readonly number[] {
  const [[first, number] = [0, 0], ...others] = wanted;
  const column = columns[first] ?? rows;
  const found: number[] = [];
  for (let place = column.indexOf(number); place >= 0; place = column.indexOf(number, place + 1)) {
    if (others.every(([other, value]) => columns[other]?.[place] === value)) found.push(rows[place] ?? 0);
  }
  return found;
}

/** A setting in the ruleset before a change or after it, so that what overlaps with some conditions is found quickly. */
export class Side {
  readonly features: readonly string[];
  readonly shapes: readonly Shape[];
  readonly default: RuleLine;
  /** By precedence. */
  readonly softs: readonly SoftLine[];

  /** Patterns of rollouts are compiled before. */
  constructor(
    private readonly ruleset: Ruleset,
    readonly setting: Setting,
    atMs: number,
  ) {
    this.features = [...ruleset.features];
    const { vocabulary } = ruleset;
    this.shapes = Array.from(groupsOf(setting.rules.numbers, vocabulary), (group) => {
      const features = vocabulary.featuresOf(group.list);
      return { features, shape: this.shapeOf(features), group, index: new GroupIndex() };
    });
    const decided = { value: setting.defaultValue, by: { kind: 'default' } } as const;
    this.default = { key: 'default', shape: '', cube: new Map(), decided };
    this.softs = setting.rollouts
      .filter((rollout) => canAdmit(rollout, atMs))
      .map((rollout) => this.softLineOf(rollout))
      .sort((a, b) => (a.shape > b.shape ? -1 : 1));
  }

  shapeOf(features: readonly string[]): string {
    return shapeOf({ id: 0, conditions: features.map((feature): Condition => [feature, '']) }, this.features);
  }

  softLineOf(rollout: LoadedRollout): SoftLine {
    const { conditions, feature } = rollout;
    return { shape: shapeOf(rollout, this.features), cube: cubeOf(conditions, feature), rollout };
  }

  lineOf({ id, conditions, value }: StoredRule): RuleLine {
    return {
      key: String(id),
      shape: shapeOf({ id, conditions }, this.features),
      cube: cubeOf(conditions),
      decided: { value: jsonText(value), by: { kind: 'rule', id } },
    };
  }

  ruleAt(row: number): StoredRule {
    return ruleAt(this.setting.rules, row);
  }

  /** The rows of a shape whose conditions agree with these values. */
  *agreeing({ features, group, index }: Shape, fixed: ReadonlyMap<string, string>): InSteps<ArrayLike<number>> {
    const wanted: (readonly [column: number, number: number])[] = [];
    for (const [column, feature] of features.entries()) {
      const value = fixed.get(feature);
      if (value === undefined) continue;
      const number = this.ruleset.vocabulary.numberOf(value);
      if (number === undefined) return [];
      wanted.push([column, number]);
    }
    return wanted.length === 0 ? group.rows : yield* index.find(group, wanted);
  }
}

function canAdmit({ enabled, members, pattern, share }: LoadedRollout, atMs: number): boolean {
  return enabled && (members.size > 0 || pattern !== undefined || shareAt(share, atMs) > 0);
}
