/** A rule's demand on one context feature. A rule without a condition on a feature holds whatever its value: a wildcard. */
export type Condition = readonly [feature: string, value: string];

/** The value of each context feature that is known where a setting is read. */
export type Context = ReadonlyMap<string, string>;

export type RankedRule = Readonly<{ id: number; conditions: readonly Condition[] }>;

/**
 * Orders rules by precedence; negative where `a` wins over `b`. `features` is the ordered list, later ones more
 * specific: from the last to the first, at the first feature where one rule has a condition and the other none, the
 * one with the condition wins. Where no feature tells them apart, the older rule (lower id) wins.
 */
export function compareRules(a: RankedRule, b: RankedRule, features: readonly string[]): number {
  const deciding = features.findLast((feature) => hasCondition(a, feature) !== hasCondition(b, feature));
  if (deciding === undefined) return a.id - b.id;
  return hasCondition(a, deciding) ? -1 : 1;
}

function hasCondition(rule: RankedRule, feature: string): boolean {
  return rule.conditions.some(([name]) => name === feature);
}

/** Whether all conditions of the rule hold; a feature that the context does not know fulfils none. */
export function matches(rule: RankedRule, context: Context): boolean {
  return rule.conditions.every(([feature, value]) => context.get(feature) === value);
}

/** The rule that decides in this context; undefined where none matches and the default value holds. */
export function resolve<R extends RankedRule>(
  rules: readonly R[],
  context: Context,
  features: readonly string[],
): R | undefined {
  let best: R | undefined;
  for (const rule of rules) {
    if (!matches(rule, context)) continue;
    if (best === undefined || compareRules(rule, best, features) < 0) best = rule;
  }
  return best;
}

/**
 * Of the rules of one setting, those that never decide, because an older one has the same conditions in whatever order.
 * The Python service let such through; the database of this one does not.
 */
export function shadowedRules<R extends RankedRule>(rules: readonly R[]): ReadonlySet<R> {
  const shadowed = new Set<R>();
  const oldest = new Map<string, R>();
  for (const rule of rules) {
    const key = conditionKey(rule.conditions);
    const rival = oldest.get(key);
    const [older, younger] = rival !== undefined && rival.id <= rule.id ? [rival, rule] : [rule, rival];
    oldest.set(key, older);
    if (younger !== undefined) shadowed.add(younger);
  }
  return shadowed;
}

/** Equal for equal sets of conditions, and for no others. */
function conditionKey(conditions: readonly Condition[]): string {
  return JSON.stringify([...conditions].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
