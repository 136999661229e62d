import {
  admission,
  type Candidate,
  type Context,
  isRollout,
  jsonText,
  parsePercentage,
  parseRamp,
  type Rollout,
  type Share,
  variantOf,
} from '@heksher/core';
import {
  conditionsOf,
  isReadable,
  orderedFeatures,
  rolloutConditionsOf,
  type StoredRollout,
  type Tables,
} from './reference.js';

/** What there is of each feature in the contexts that are tried: values that are stored, and one that is nowhere. */
const VALUES = [undefined, 'john', 'jim', 'u7', 'nobody'];

/** The answers of a service to evaluation requests must be, byte for byte, what a naive look at the tables gives. */
export async function expectEvaluations(url: string, tables: Tables): Promise<void> {
  const features = orderedFeatures(tables);
  for (let round = 0; round < VALUES.length; round += 1) {
    const context = new Map<string, string>();
    for (const [index, feature] of features.entries()) {
      const value = VALUES[(round * (index + 1) + index) % VALUES.length];
      if (value !== undefined) context.set(feature, value);
    }
    const body = JSON.stringify({ context: Object.fromEntries(context) });
    const answer = await fetch(`${url}/api/v1/evaluate`, { method: 'POST', body: Buffer.from(body) });
    expect({ body, text: await answer.text() }).toEqual({ body, text: referenceEvaluations(tables, context) });
  }
}

export function referenceEvaluations(tables: Tables, context: Context): string {
  const names = tables.settings.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
  const texts = names.map((name) => `${JSON.stringify(name)}:{${evaluationText(tables, name, context)}}`);
  return `{"settings":{${texts.join(',')}}}`;
}

function evaluationText(tables: Tables, name: string, context: Context): string {
  const winner = winnerByElimination(candidatesOf(tables, name), context, orderedFeatures(tables));
  if (winner === undefined) {
    const setting = tables.settings.find((one) => one.name === name);
    return `"value":${setting?.default_value},"reason":"DEFAULT"`;
  }
  if (!isRollout(winner)) return `"value":${winner.value},"reason":"RULE","rule_id":${winner.id}`;
  const { id, outcome, hash, salt, feature } = winner;
  const reason = `"reason":"ROLLOUT","rollout_id":${id}`;
  if (outcome.kind === 'value') return `"value":${outcome.value},${reason}`;
  const variant = variantOf(hash, salt, context.get(feature) ?? '', outcome.variants);
  return `"value":${variant.value},${reason},"variant":"${variant.name}"`;
}

/** The order in the words of the concept: at each feature from the last on, equality leaves rollouts behind, and these the rest. */
function winnerByElimination(
  candidates: readonly Candidate[],
  context: Context,
  features: readonly string[],
): Candidate | undefined {
  let left = candidates.filter((one) =>
    isRollout(one)
      ? admission(one, context, Date.now()).admitted
      : one.conditions.every(([named, value]) => context.get(named) === value),
  );
  for (const feature of features.toReversed()) {
    const equal = left.filter((one) => one.conditions.some(([named]) => named === feature));
    const soft = left.filter((one) => isRollout(one) && one.feature === feature);
    if (equal.length > 0) left = equal;
    else if (soft.length > 0) left = soft;
  }
  return left.sort((a, b) => a.id - b.id)[0];
}

function candidatesOf(tables: Tables, name: string): readonly Candidate[] {
  const rules = tables.rules
    .filter(({ setting }) => setting === name)
    .map(({ id, value }) => ({ id, value: jsonText(value), conditions: conditionsOf(tables, id) }));
  const rollouts = tables.rollouts
    .filter((rollout) => rollout.setting === name && isReadable(rollout))
    .map((rollout) => toRollout(tables, rollout));
  return [...rules, ...rollouts];
}

function toRollout(tables: Tables, stored: StoredRollout): Rollout {
  const { id, feature, enabled, pattern, value, variants, hash, salt } = stored;
  const members = tables.rolloutMembers.filter(({ rollout }) => rollout === id).map(({ unit }) => unit);
  const expression = new RegExp(pattern ?? '', 'u');
  return {
    ...{ id, feature, enabled, hash, salt, conditions: rolloutConditionsOf(tables, id), members: new Set(members) },
    share: shareOf(stored),
    pattern: pattern === null ? undefined : { source: pattern, test: (unit) => expression.test(unit) },
    outcome:
      variants === null
        ? { kind: 'value', value: jsonText(value ?? '') }
        : { kind: 'variants', variants: readVariants(variants) },
  };
}

function shareOf({ percentage, ramp }: StoredRollout): Share {
  if (ramp !== null) return parseRamp(JSON.parse(ramp) as Parameters<typeof parseRamp>[0]);
  return { kind: 'fixed', thousandths: parsePercentage(Number(percentage)) };
}

/** The values as they are spelled: those of the random writes have no commas or braces. */
function readVariants(text: string): { name: string; value: ReturnType<typeof jsonText>; weight: number }[] {
  return Array.from(text.matchAll(/\{"name":"(.*?)","value":(.*?),"weight":(\d+)\}/g), ([, name, value, weight]) => {
    return { name: name ?? '', value: jsonText(value ?? ''), weight: Number(weight) };
  });
}
