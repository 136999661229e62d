import { featureOf, forEachInSteps, type InSteps, valueOf } from '@heksher/core';
import { groupsOf } from './rule-numbers.js';
import { type Ruleset } from './ruleset.js';

/** A value of a context feature, and how many rules and rollouts have a condition on it. */
export type FeatureValue = Readonly<{ value: string; rules: number; rollouts: number }>;

/** Those that are used most, and how many different ones there are in all. */
export type FeatureValues = Readonly<{ values: readonly FeatureValue[]; total: number }>;

const NUMBERS_PER_STEP = 16_384;

/** The values of a feature that begin so and that conditions name, at most so many: those that are used most come first. */
export function* featureValues(
  ruleset: Ruleset,
  feature: string,
  prefix: string,
  most: number,
): InSteps<FeatureValues> {
  const { vocabulary } = ruleset;
  const ofRules = yield* countInRules(ruleset, feature);
  const ofRollouts = countInRollouts(ruleset, feature);
  const top = new Top(most);
  yield* forEachInSteps(
    vocabulary.entries(),
    ([value, number]) => {
      const rules = ofRules[number] ?? 0;
      if (rules === 0 || !value.startsWith(prefix)) return;
      top.add({ value, rules, rollouts: ofRollouts.get(value) ?? 0 });
      ofRollouts.delete(value);
    },
    NUMBERS_PER_STEP,
  );
  for (const [value, rollouts] of ofRollouts) {
    const number = vocabulary.numberOf(value);
    const isCounted = number !== undefined && (ofRules[number] ?? 0) > 0;
    if (!isCounted && value.startsWith(prefix)) top.add({ value, rules: 0, rollouts });
  }
  return top.finish();
}

/** How many rules name each value, by the numbers of the values. */
function* countInRules({ settings, vocabulary }: Ruleset, feature: string): InSteps<Int32Array> {
  const counts = new Int32Array(vocabulary.numberLimit);
  let untilStep = NUMBERS_PER_STEP;
  const count = (number: number | undefined): void => {
    if (number !== undefined) counts[number] = (counts[number] ?? 0) + 1;
  };
  for (const { rules, shadowed } of settings.values()) {
    for (const { list, columns } of groupsOf(rules.numbers, vocabulary)) {
      const column = columns[vocabulary.featuresOf(list).indexOf(feature)];
      column?.forEach(count);
      untilStep -= 64 + (column?.length ?? 0);
    }
    for (const { conditions } of shadowed) {
      for (const one of conditions) if (featureOf(one) === feature) count(vocabulary.numberOf(valueOf(one)));
    }
    if (untilStep > 0) continue;
    untilStep = NUMBERS_PER_STEP;
    yield;
  }
  return counts;
}

function countInRollouts({ settings }: Ruleset, feature: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rollouts } of settings.values()) {
    for (const { conditions } of rollouts) {
      for (const one of conditions) {
        if (featureOf(one) === feature) counts.set(valueOf(one), (counts.get(valueOf(one)) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Keeps those of many that are used most, without sorting all of them. */
class Top {
  private kept: FeatureValue[] = [];
  private total = 0;

  constructor(private readonly most: number) {}

  add(value: FeatureValue): void {
    this.total += 1;
    if (this.kept.push(value) > 4 * this.most + 1_024) this.cut();
  }

  finish(): FeatureValues {
    this.cut();
    return { values: this.kept, total: this.total };
  }

  private cut(): void {
    this.kept.sort(byUse);
    this.kept.length = Math.min(this.kept.length, this.most);
  }
}

function byUse(a: FeatureValue, b: FeatureValue): number {
  const difference = b.rules + b.rollouts - a.rules - a.rollouts;
  if (difference !== 0) return difference;
  return a.value < b.value ? -1 : 1;
}
