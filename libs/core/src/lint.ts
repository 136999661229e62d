import { type Candidate, type EvaluableSetting, nameOf, requireFeatures } from './candidate.js';
import { type DecisionTree, findMatch, growTree } from './decision-tree.js';
import { type Finding, finding, nameAll } from './finding.js';
import { atOnce, type InSteps } from './in-steps.js';
import { jsonKey } from './json-key.js';
import { parseStoredJson } from './json-parser.js';
import { findRepeats } from './lint-repeats.js';
import { findCovered, lintRollout, onlyMembers } from './lint-rollouts.js';
import { findSimilarValues } from './lint-similar.js';
import { projectAll, type Shape, shapesOf, valuesOf } from './lint-shapes.js';
import { compareByPrecedence } from './ranking.js';
import { type Rollout } from './rollout.js';
import { acceptorOf, formatSettingType, type SettingType } from './setting-type.js';

export { type Finding, type FindingKind } from './finding.js';

/** How many rules and rollouts times how many shapes are compared with one another; that takes a second or two. */
const MAX_COMPARISONS = 1_000_000;

/** Does as lintRuleset, in steps. */
export function* lintSteps(setting: LintedSetting, nowMs: number): InSteps<readonly Finding[]> {
  yield;
  return lintRuleset(setting, nowMs);
}

/** `type` is absent where it is not known, and null where it is not readable. */
export type LintedSetting = EvaluableSetting & Readonly<{ type?: SettingType | null }>;

/**
 * What in the rules and rollouts of a setting is superfluous or may not be meant, as they stand and from `nowMs` on. What
 * is said never to decide, or to change nothing, does so in no context; but not all such is found. Throws 'invalid' where
 * makeEvaluator does.
 */
export function lintRuleset(setting: LintedSetting, nowMs: number): readonly Finding[] {
  const { rules, rollouts, features } = setting;
  requireFeatures(setting);
  const shapes = shapesOf(setting);
  const ruleTree = atOnce(growTree(rules, features));
  const neverWins = [
    ...shapes.flatMap(findShadowed),
    ...rollouts.flatMap((rollout) => findIdle(rollout, ruleTree, features, nowMs)),
  ];
  const silent = new Set([...neverWins.map(({ about }) => about), ...rollouts.filter(({ enabled }) => !enabled)]);
  return [
    ...neverWins.map(({ about, why, message }) => finding('never-wins', [about, ...why], message)),
    ...rollouts.flatMap((rollout) => lintRollout(rollout, nowMs)),
    ...findUnfit(setting),
    ...compareShapes(setting, shapes, silent, nowMs),
    ...atOnce(findSimilarValues(setting)),
  ];
}

type Loser = Readonly<{ about: Candidate; why: readonly Candidate[]; message: string }>;

/** Rules with the conditions of an older one. */
function findShadowed(shape: Shape): readonly Loser[] {
  if (shape.soft !== undefined) return [];
  return [...projectAll(shape.members, [...shape.features]).values()].flatMap(([oldest, ...younger]) =>
    younger.map(({ candidate }) => {
      const why = oldest === undefined ? [] : [oldest.candidate];
      const message = `${nameOf(candidate)} never decides: ${nameAll(why)} is older and has the same conditions`;
      return { about: candidate, why, message };
    }),
  );
}

/** A rollout that admits nobody, or only members for each of whom a rule decides. */
function findIdle(
  rollout: Rollout,
  ruleTree: DecisionTree | undefined,
  features: readonly string[],
  nowMs: number,
): readonly Loser[] {
  const members = onlyMembers(rollout, nowMs);
  if (members === undefined) return [];
  const why = new Set<Candidate>();
  for (const member of members) {
    // No context in which the rollout admits the member knows less than this one.
    const context = new Map([...rollout.conditions, [rollout.feature, member]]);
    const rule = ruleTree && findMatch(ruleTree, context, nowMs, false)?.candidate;
    if (rule === undefined || compareByPrecedence(rule, rollout, features) > 0) return [];
    why.add(rule);
  }
  const reason = why.size === 0 ? 'it admits nobody' : `for each of its members, one of ${nameAll([...why])} decides`;
  return [{ about: rollout, why: [...why], message: `${nameOf(rollout)} never decides: ${reason}` }];
}

/** Values that are not of the setting's type, as another writer or an older service may have left them. */
function findUnfit({ type, rules, rollouts }: LintedSetting): readonly Finding[] {
  if (type == null) return [];
  const isAccepted = acceptorOf(type);
  const unfit = [...rules, ...rollouts].filter((candidate) =>
    valuesOf(candidate).some((text) => {
      const json = parseStoredJson(text);
      return json === null || !isAccepted(json);
    }),
  );
  return unfit.map((candidate) => {
    const message = `${nameOf(candidate)} has a value that is not of the type ${formatSettingType(type)}`;
    return finding('unfit-value', [candidate], message);
  });
}

function compareShapes(
  { defaultValue, rules, rollouts }: EvaluableSetting,
  shapes: readonly Shape[],
  silent: ReadonlySet<Candidate>,
  nowMs: number,
): readonly Finding[] {
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
  return [...findCovered(shapes, silent, nowMs), ...findRepeats(shapes, silent, jsonKey(defaultValue))];
}
