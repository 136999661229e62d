import { type Condition, featureOf, valueOf } from '@heksher/core';
import { type Cell, type FeatureTest } from './cell.js';
import { beyond, type Cube, cubeKey, cubeOf, KNOWN, meet } from './cube.js';

/** The contexts of an area that others take. */
export class Exceptions {
  omitted = 0;
  private readonly values = new Map<string, Set<string>>();
  private readonly unknown = new Set<string>();
  private readonly several = new Map<string, Cube>();
  count = 0;

  constructor(
    private readonly area: Readonly<{ cube: Cube }>,
    private readonly most: number,
  ) {}

  get isFull(): boolean {
    return this.count >= this.most;
  }

  add(cube: Cube): void {
    if (meet(this.area.cube, cube) === undefined) return;
    const tests = beyond(cube, this.area.cube);
    const [[feature, test] = []] = tests;
    if (feature === undefined || test === undefined || !this.hasRoom()) return;
    if (tests.size > 1) this.several.set(cubeKey(tests), tests);
    else if (test === KNOWN) this.unknown.add(feature);
    else this.addValue(feature, test);
  }

  /** Of a rule that agrees with the area; quicker for one that asks for one more feature. */
  addRule(conditions: readonly Condition[]): void {
    const more = conditions.filter((one) => this.area.cube.get(featureOf(one)) !== valueOf(one));
    const [first] = more;
    if (more.length > 1) this.add(cubeOf(more));
    else if (first !== undefined && this.hasRoom()) this.addValue(featureOf(first), valueOf(first));
  }

  private hasRoom(): boolean {
    if (this.isFull) this.omitted += 1;
    else this.count += 1;
    return this.count <= this.most && this.omitted === 0;
  }

  private addValue(feature: string, value: string): void {
    const values = this.values.get(feature) ?? new Set();
    this.values.set(feature, values.add(value));
  }

  finish(features: readonly string[]): Pick<Cell, 'when' | 'except' | 'omitted'> {
    const when = new Map<string, FeatureTest>();
    for (const feature of features) {
      const test = this.testOf(feature);
      if (test !== undefined) when.set(feature, test);
    }
    return { when, except: [...this.several.values()].filter((cube) => !this.isImplied(cube)), omitted: this.omitted };
  }

  private testOf(feature: string): FeatureTest | undefined {
    const test = this.area.cube.get(feature);
    if (test !== undefined && test !== KNOWN) return { is: test };
    if (this.unknown.has(feature)) return { known: false };
    const values = this.values.get(feature);
    const not = values === undefined ? {} : { not: [...values].sort() };
    if (test === KNOWN) return { known: true, ...not };
    return values === undefined ? undefined : not;
  }

  private isImplied(cube: Cube): boolean {
    for (const [feature, test] of cube) {
      if (this.unknown.has(feature)) return true;
      if (test !== KNOWN && this.values.get(feature)?.has(test) === true) return true;
    }
    return false;
  }
}
