import { admissionBucket, type Condition, type Context, isWithinShare, type Json } from '@heksher/core';
import { type ContextValues } from '../api/context-text.js';
import { type Line, type RolloutLine, type SettingView } from '../api/queries.js';
import { conditionsOf, lineKey } from './lines.js';

/** A value that the context could get were more of it known, and what that rests on: `user is "admin"`. */
export type Possibility = Readonly<{ key: string; line: Line; values: readonly Json[]; given: readonly string[] }>;

/**
 * What else a partly known context could get: each line that would decide in the least context that adds its conditions to what is known.
 * A line above it that certainly matches there keeps it from deciding. Whether a unit is listed or has a pattern, the service alone knows; so
 * such a rollout hides nothing, and is itself possible.
 */
export function couldBe({ lines }: SettingView, known: ContextValues): readonly Possibility[] {
  const found: Possibility[] = [];
  const above = new LinesByConditions();
  for (const line of lines) {
    const conditions = conditionsOf(line);
    const isContradicted = conditions.some(([feature, value]) => (known[feature] ?? value) !== value);
    // It holds in no context that completes what is known, so that it keeps nothing below from deciding either.
    if (isContradicted) continue;
    const added = conditions.filter(([feature]) => known[feature] === undefined);
    const context = new Map([...Object.entries(known), ...added]);
    const chance = line.kind === 'rule' ? 'certain' : chanceOf(line, context);
    const isKnown = added.length === 0 && chance === 'certain';
    if (chance !== 'none' && !isKnown && !above.someHolds(context, (one) => isSure(one, context)))
      found.push({
        key: lineKey(line),
        line,
        values: valuesOf(line),
        given: [...added.map(describe), ...softly(line, chance)],
      });
    above.add(line, conditions);
  }
  return found;
}

function isSure(line: Line, context: Context): boolean {
  return line.kind === 'rule' || chanceOf(line, context) === 'certain';
}

/** Lines by the features that they have conditions on, and then by the values: whether some hold in a context costs the number of shapes and not of lines. */
class LinesByConditions {
  private readonly shapes = new Map<string, Readonly<{ features: readonly string[]; lines: Map<string, Line[]> }>>();

  add(line: Line, conditions: readonly Condition[]): void {
    const sorted = conditions.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const features = sorted.map(([feature]) => feature);
    const shape = this.shapes.get(JSON.stringify(features)) ?? { features, lines: new Map<string, Line[]>() };
    this.shapes.set(JSON.stringify(features), shape);
    const values = JSON.stringify(sorted.map(([, value]) => value));
    const equal = shape.lines.get(values);
    if (equal === undefined) shape.lines.set(values, [line]);
    else equal.push(line);
  }

  /** Whether of the lines all whose conditions hold in the context one is as `is` says. */
  someHolds(context: Context, is: (line: Line) => boolean): boolean {
    for (const { features, lines } of this.shapes.values())
      if (lines.get(JSON.stringify(features.map((feature) => context.get(feature))))?.some(is) === true) return true;
    return false;
  }
}

/** Whether the rollout admits who is in the context, its conditions apart. */
function chanceOf(line: RolloutLine, context: Context): 'certain' | 'open' | 'none' {
  if (line.state === 'off' || line.state === 'unreadable') return 'none';
  const unit = context.get(line.feature);
  const thousandths = Math.round(line.percentage_now * 1_000);
  const hasOthers = line.member_count > 0 || line.pattern !== null;
  if (unit === undefined) return thousandths > 0 || hasOthers ? 'open' : 'none';
  if (thousandths > 0 && isWithinShare(line.hash, admissionBucket(line.hash, line.salt, unit), thousandths))
    return 'certain';
  return hasOthers ? 'open' : 'none';
}

function softly(line: Line, chance: 'certain' | 'open' | 'none'): readonly string[] {
  if (line.kind === 'rule' || chance !== 'open') return [];
  return [`${line.feature} is one of ${whomAdmits(line)}`];
}

/** `20 %, 2 listed, those with /^a/`: whom a rollout is for, conditions apart. */
export function whomAdmits({
  percentage_now,
  member_count,
  pattern,
}: Pick<RolloutLine, 'percentage_now' | 'member_count' | 'pattern'>): string {
  const parts = [
    ...(percentage_now > 0 ? [`${percentage_now} %`] : []),
    ...(member_count > 0 ? [`${member_count.toLocaleString('en')} listed`] : []),
    ...(pattern === null ? [] : [`those with /${pattern}/`]),
  ];
  return parts.length === 0 ? 'nobody' : parts.join(', ');
}

function valuesOf(line: Line): readonly Json[] {
  if (line.kind === 'rollout' && line.variants !== undefined) return line.variants.map(({ value }) => value);
  return line.value === undefined ? [] : [line.value];
}

function describe([feature, value]: Condition): string {
  return `${feature} is ${JSON.stringify(value)}`;
}
