import { type Candidate, isRollout, nameOf } from './candidate.js';

/** What lint finds. `not-checked` says that a ruleset is too large for a check, so that silence is no proof. */
export type FindingKind =
  | 'never-wins'
  | 'wins-only-without-feature'
  | 'repeats-overridden'
  | 'repeats-default'
  | 'rollout-at-zero'
  | 'rollout-at-hundred'
  | 'rollout-disabled'
  | 'ramp-finished'
  | 'unfit-value'
  | 'similar-values'
  | 'not-checked';

/** `about` is what could be changed, null for the whole ruleset; the ids are its own and those of the reasons. */
export type Finding = Readonly<{
  kind: FindingKind;
  about: Readonly<{ kind: 'rule' | 'rollout'; id: number }> | null;
  ruleIds: readonly number[];
  rolloutIds: readonly number[];
  message: string;
}>;

/** A finding about the first of `concerned`. */
export function finding(kind: FindingKind, concerned: readonly Candidate[], message: string): Finding {
  const [first] = concerned;
  const about = first === undefined ? null : { kind: kindOf(first), id: first.id };
  const idsOf = (wanted: 'rule' | 'rollout') =>
    concerned.filter((candidate) => kindOf(candidate) === wanted).map(({ id }) => id);
  return { kind, about, ruleIds: idsOf('rule'), rolloutIds: idsOf('rollout'), message };
}

function kindOf(candidate: Candidate): 'rule' | 'rollout' {
  return isRollout(candidate) ? 'rollout' : 'rule';
}

/** Names in a sentence, the first ten of many. */
export function nameAll(candidates: readonly Candidate[]): string {
  const names = candidates.slice(0, 10).map(nameOf).join(', ');
  return candidates.length > 10 ? `${names} and ${candidates.length - 10} more` : names;
}
