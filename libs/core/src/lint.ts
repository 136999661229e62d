import { type Candidate, type EvaluableSetting, nameOf, requireFeatures } from './candidate.js';
import { leastContext } from './condition.js';
import { type DecisionTree, findMatch, growTree } from './decision-tree.js';
import { type Finding, finding, nameAll } from './finding.js';
import { atOnce, flatMapSteps, type InSteps } from './in-steps.js';
import { jsonKey } from './json-key.js';
import { findRepeats } from './lint-repeats.js';
import { findCovered, lintRollout, onlyMembers } from './lint-rollouts.js';
import { type Placed, projectAll, type Shape, shapesOf, valuesOf } from './lint-shapes.js';
import { findSimilarValues } from './lint-similar.js';
import { compareByPrecedence } from './precedence.js';
import { type Rollout } from './rollout.js';
import { formatSettingType, type SettingType } from './setting-type.js';
import { fitOf } from './stored-values.js';

export { type Finding, type FindingKind } from './finding.js';

/** Maximum of (rules and rollouts) × shapes that are compared; takes a second or two. */
const MAX_COMPARISONS = 1_000_000;

/** `type` is absent where it is not known, and null where it is not readable. */
export type LintedSetting = EvaluableSetting & Readonly<{ type?: SettingType | null }>;

/**
 * What in the rules and rollouts of a setting is superfluous or may not be meant, as they stand and from `nowMs` on. What
 * is said never to decide, or to change nothing, does so in no context; but not all such is found. Throws 'invalid' where
 * makeEvaluator does.
 */
export function lintRuleset(setting: LintedSetting, nowMs: number): readonly Finding[] {
  return atOnce(lintSteps(setting, nowMs));
}

/** Does as lintRuleset, in steps of some milliseconds at most. */
export function* lintSteps(setting: LintedSetting, nowMs: number): InSteps<readonly Finding[]> {
  const { rollouts } = setting;
  requireFeatures(setting);
  const shapes = yield* shapesOf(setting);
  const neverWins = [...(yield* findShadowed(shapes)), ...(yield* findIdle(setting, nowMs))];
  const silent = new Set([...neverWins.map(({ about }) => about), ...rollouts.filter(({ enabled }) => !enabled)]);
  return (yield* flatMapSteps(neverWins, describeLoser)).concat(
    rollouts.flatMap((rollout) => lintRollout(rollout, nowMs)),
    yield* findUnfit(setting),
    yield* compareShapes(setting, shapes, silent, nowMs),
    yield* findSimilarValues(setting),
  );
}

type Loser = Readonly<{ about: Candidate; why: readonly Candidate[]; message: string }>;

function describeLoser({ about, why, message }: Loser): readonly Finding[] {
  return [finding('never-wins', [about, ...why], message)];
}

/** Rules with the conditions of an older one. */
function* findShadowed(shapes: readonly Shape[]): InSteps<readonly Loser[]> {
  const losers: Loser[][] = [];
  for (const { soft, features, members } of shapes) {
    if (soft !== undefined) continue;
    const groups = yield* projectAll(members, [...features]);
    losers.push(yield* flatMapSteps([...groups.values()], loseToOldest));
  }
  return losers.flat();
}

function loseToOldest([oldest, ...younger]: readonly Placed[]): readonly Loser[] {
  return younger.map(({ candidate }) => {
    const why = oldest === undefined ? [] : [oldest.candidate];
    const message = `${nameOf(candidate)} never decides: ${nameAll(why)} is older and has the same conditions`;
    return { about: candidate, why, message };
  });
}

/** Rollouts that admit nobody, or only members for each of whom a rule decides. */
function* findIdle({ rules, rollouts, features }: LintedSetting, nowMs: number): InSteps<readonly Loser[]> {
  const ruleTree = yield* growTree(rules, features);
  const losers: Loser[] = [];
  for (const rollout of rollouts) {
    const winners = yield* winnersOver(rollout, ruleTree, features, nowMs);
    if (winners === undefined) continue;
    const why = [...winners];
    const reason = why.length === 0 ? 'it admits nobody' : `for each of its members, one of ${nameAll(why)} decides`;
    losers.push({ about: rollout, why, message: `${nameOf(rollout)} never decides: ${reason}` });
  }
  return losers;
}

/** The rules that decide for the members of a rollout which admits no others; undefined where it decides for someone. */
function* winnersOver(
  rollout: Rollout,
  ruleTree: DecisionTree | undefined,
  features: readonly string[],
  nowMs: number,
): InSteps<ReadonlySet<Candidate> | undefined> {
  const members = onlyMembers(rollout, nowMs);
  if (members === undefined) return undefined;
  const winners = new Set<Candidate>();
  // No context in which the rollout admits a member knows less than this one.
  const context = leastContext(rollout.conditions);
  let tried = 0;
  for (const member of members) {
    context.set(rollout.feature, member);
    const rule = ruleTree && findMatch(ruleTree, context, nowMs, false)?.candidate;
    if (rule === undefined || compareByPrecedence(rule, rollout, features) > 0) return undefined;
    winners.add(rule);
    if ((tried += 1) % 1_000 === 0) yield;
  }
  return winners;
}

/** Values that are not of the setting's type, as another writer or an older service may have left them. */
function* findUnfit({ type, rules, rollouts }: LintedSetting): InSteps<readonly Finding[]> {
  if (type == null) return [];
  const typeText = formatSettingType(type);
  const isFit = fitOf(type);
  return yield* flatMapSteps([...rules, ...rollouts], (candidate) => {
    if (valuesOf(candidate).every(isFit)) return [];
    const message = `${nameOf(candidate)} has a value that is not of the type ${typeText}`;
    return [finding('unfit-value', [candidate], message)];
  });
}

function* compareShapes(
  { defaultValue, rules, rollouts }: EvaluableSetting,
  shapes: readonly Shape[],
  silent: ReadonlySet<Candidate>,
  nowMs: number,
): InSteps<readonly Finding[]> {
  const count = rules.length + rollouts.length;
  if (count * shapes.length > MAX_COMPARISONS) {
    const size = `${count} rules and rollouts in ${shapes.length} combinations of features are too many`;
    return [
      finding(
        'not-checked',
        [],
        `repeats, and what decides only where a feature is unknown, were not looked for: ${size}`,
      ),
    ];
  }
  const covered = yield* findCovered(shapes, silent, nowMs);
  return covered.concat(yield* findRepeats(shapes, silent, jsonKey(defaultValue)));
}
