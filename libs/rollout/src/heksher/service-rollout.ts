import { type Change, type Definition, type Functionality } from '../functionality.js';
import { anyOf, fromRe2, re2Source } from './re2-pattern.js';

/** As much of a rollout of the service as is used. */
export type ServiceRollout = Readonly<{
  rollout_id: number;
  feature: string;
  feature_values: Readonly<Record<string, string>>;
  enabled: boolean;
  percentage?: number | null;
  pattern?: string | null;
  variants?: readonly Readonly<{ name: string }>[] | null;
  metadata?: Readonly<Record<string, unknown>>;
}>;

/** The fields of a rollout that a request sets. */
export type Fields = Readonly<Record<string, unknown>>;

/** Under this name the metadata of a rollout holds what the rollout itself cannot. */
const OWN = 'rollout_library';

/** The patterns of which the rollout's is made, each as RE2 has it, and the `check`. */
type Own = Readonly<{ check?: string | undefined; patterns: readonly string[] }>;

/** The functionality that a rollout is; patterns that only RE2 knows are left out. */
export function functionalityOf(name: string, rollout: ServiceRollout): Functionality {
  const { check, patterns } = ownOf(rollout);
  return {
    name,
    enabled: rollout.enabled,
    percentage: rollout.percentage ?? 0,
    variants: (rollout.variants ?? []).map((variant) => variant.name),
    check,
    patterns: patterns.map(fromRe2).filter((pattern) => pattern !== undefined),
  };
}

/** What makes a rollout of a new functionality, or of one that is reset. */
export function fieldsOf({ percentage = 100, variants = [], check }: Definition): Fields {
  return { enabled: true, percentage, ...outcomeOf(variants), ...ownFields({}, { check, patterns: [] }) };
}

/** What `addFunc` changes in the rollout of a functionality that is there. */
export function fieldsChanged(rollout: ServiceRollout, { percentage, variants, check }: Definition): Fields {
  const own = ownOf(rollout);
  return {
    ...(percentage !== undefined && { percentage }),
    ...(variants !== undefined && outcomeOf(variants)),
    ...(check !== undefined && check !== own.check && ownFields(rollout.metadata ?? {}, { ...own, check })),
  };
}

/** What a change sets in the rollout. */
export function fieldsOfChange(rollout: ServiceRollout, change: Change): Fields {
  switch (change.kind) {
    case 'percentage':
      return { percentage: change.percentage };
    case 'switch':
      return { enabled: change.enabled };
    case 'toggle':
      return { enabled: !rollout.enabled };
    case 'pattern':
      return patternFields(rollout, change.pattern);
    default:
      return change satisfies never;
  }
}

function patternFields(rollout: ServiceRollout, pattern: RegExp): Fields {
  const own = ownOf(rollout);
  const added = re2Source(pattern);
  if (own.patterns.includes(added)) return {};
  const patterns = [...own.patterns, added];
  return { pattern: anyOf(patterns), ...ownFields(rollout.metadata ?? {}, { ...own, patterns }) };
}

/** Where somebody else has set the pattern of the rollout, that is the one there is. */
function ownOf({ metadata = {}, pattern }: ServiceRollout): Own {
  const { check, patterns = [] } = (metadata[OWN] ?? {}) as Partial<Own>;
  if (anyOf(patterns) === (pattern ?? '')) return { check, patterns };
  return { check, patterns: pattern ? [pattern] : [] };
}

function ownFields(metadata: Readonly<Record<string, unknown>>, own: Own): Fields {
  return { metadata: { ...metadata, [OWN]: own } };
}

/** The setting is a `bool`, true for every unit that has the functionality, by any variant. */
function outcomeOf(variants: readonly string[]): Fields {
  if (variants.length === 0) return { value: true };
  return { variants: variants.map((name) => ({ name, value: true, weight: 1 })) };
}
