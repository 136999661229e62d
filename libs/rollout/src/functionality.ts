import { isDeepStrictEqual } from 'node:util';
import { crc32, quoted } from '@heksher/core';
import { invalidFor, RolloutError } from './errors.js';

/**
 * A functionality and whom it is for, its registered ids apart. `percentage` is whole, from 0 to 100. `check` is the
 * property that holds the id of an object, where one was named.
 */
export type Functionality = Readonly<{
  name: string;
  enabled: boolean;
  percentage: number;
  variants: readonly string[];
  check: string | undefined;
  patterns: readonly RegExp[];
}>;

/** What `addFunc` says of a functionality; what it leaves out stays as it is, and `reset` forgets all there was. */
export type Definition = Readonly<{
  percentage: number | undefined;
  variants: readonly string[] | undefined;
  check: string | undefined;
  reset: boolean;
}>;

/** One change to a functionality. */
export type Change =
  | Readonly<{ kind: 'percentage'; percentage: number }>
  | Readonly<{ kind: 'switch'; enabled: boolean }>
  | Readonly<{ kind: 'toggle' }>
  | Readonly<{ kind: 'pattern'; pattern: RegExp }>;

/** Whether a unit has a functionality, and which variant of it; undefined where there are none. */
export type Decision = Readonly<{ isEnabled: boolean; variant: string | undefined }>;

export const REFUSED: Decision = { isEnabled: false, variant: undefined };
export const ADMITTED: Decision = { isEnabled: true, variant: undefined };

/**
 * The functionality after `addFunc`; the very same one where that changes nothing. A new one is switched on, and for
 * everybody unless a percentage says otherwise.
 */
export function defined(name: string, before: Functionality | undefined, definition: Definition): Functionality {
  const kept = definition.reset ? undefined : before;
  const after = {
    name,
    enabled: kept?.enabled ?? true,
    percentage: definition.percentage ?? kept?.percentage ?? 100,
    variants: definition.variants ?? kept?.variants ?? [],
    check: definition.check ?? kept?.check,
    patterns: kept?.patterns ?? [],
  };
  return kept !== undefined && isDeepStrictEqual(kept, after) ? kept : after;
}

/** The functionality after the change; the very same one where it changes nothing. */
export function changed(before: Functionality, change: Change): Functionality {
  switch (change.kind) {
    case 'percentage':
      return change.percentage === before.percentage ? before : { ...before, percentage: change.percentage };
    case 'switch':
      return change.enabled === before.enabled ? before : { ...before, enabled: change.enabled };
    case 'toggle':
      return { ...before, enabled: !before.enabled };
    case 'pattern':
      return hasPattern(before.patterns, change.pattern)
        ? before
        : { ...before, patterns: [...before.patterns, change.pattern] };
    default:
      return change satisfies never;
  }
}

function hasPattern(patterns: readonly RegExp[], { source, flags }: RegExp): boolean {
  return patterns.some((known) => known.source === source && known.flags === flags);
}

/**
 * Decides for a unit: the switch first, then 100 %, registered ids, patterns, and the percentage. Without a unit, the
 * switch alone.
 */
export function decide(functionality: Functionality, unit: string | undefined, isRegistered: boolean): Decision {
  const { enabled, percentage, variants, patterns } = functionality;
  if (!enabled) return REFUSED;
  if (unit === undefined) return ADMITTED;
  const isAdmitted =
    percentage === 100 ||
    isRegistered ||
    patterns.some((pattern) => isFound(pattern, unit)) ||
    isWithin(percentage, unit);
  if (!isAdmitted) return REFUSED;
  return variants.length === 0 ? ADMITTED : { isEnabled: true, variant: variants[crc32(unit) % variants.length] };
}

/**
 * Whether the percentage admits the unit: by `<`, since buckets count from 0. (The library that this follows asks `<=`,
 * which serves 51 % at "50 %", and 1 % at "0 %".)
 */
export function isWithin(percentage: number, unit: string): boolean {
  return percentage > 0 && crc32(unit) % 100 < percentage;
}

/** Where a pattern is global or sticky, a search goes on after the last one; ours all begin at the start. */
function isFound(pattern: RegExp, unit: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(unit);
}

/** A private copy with the same flags: `lastIndex` is state. */
export function copyOf({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags);
}

/** Throws 'invalid' where it is not a whole number from 0 to 100. */
export function checkPercentage(functionality: string, percentage: number): number {
  if (Number.isInteger(percentage) && percentage >= 0 && percentage <= 100) return percentage;
  const given = typeof percentage === 'string' ? quoted(percentage) : String(percentage);
  throw invalidFor(functionality, `${given} is not a percentage; accepted: a whole number from 0 to 100`);
}

/** Throws 'invalid' where they are not names that differ. */
export function checkVariants(functionality: string, variants: readonly string[]): readonly string[] {
  const names: readonly unknown[] = Array.isArray(variants) ? variants : [undefined];
  if (!names.every((name) => typeof name === 'string' && isText(name))) {
    throw invalidFor(functionality, 'the variants must be a list of names that are not empty');
  }
  const repeated = variants.find((variant, index) => variants.indexOf(variant) !== index);
  if (repeated !== undefined) throw invalidFor(functionality, `the variant ${quoted(repeated)} is named twice`);
  return [...variants];
}

/** Throws 'invalid' where a functionality cannot be called so. */
export function checkName(name: string): string {
  if (typeof name === 'string' && isText(name)) return name;
  throw new RolloutError(
    'invalid',
    `${JSON.stringify(name)} is no name of a functionality; accepted: a text, not empty`,
  );
}

/** Whether it is not empty, and has no half of a surrogate pair: those have no UTF-8, so two texts would become one. */
export function isText(text: string): boolean {
  // The first search is the faster one by far, and mostly answers.
  return text !== '' && (!/[\ud800-\udfff]/.test(text) || !/\p{Cs}/u.test(text));
}
