import { admits, type ContextFilter, type InSteps } from '@heksher/core';
import { type LoadedRollout, type Setting } from '@heksher/ruleset';
import { type RulesQuery } from './query.js';

/** Of a rollout with more members than this, only their number is in the answer. */
const MOST_MEMBERS = 1_000;

/** Writing more members than this takes a step. */
const FEW_MEMBERS = 100;

/**
 * What a setting has in an answer beyond its rules and its default, for clients that evaluate themselves. Compiles its
 * patterns if necessary.
 */
export function* rolloutMembers(
  { type, version, rollouts }: Setting,
  { filter, includeMetadata }: RulesQuery,
): InSteps<string> {
  const texts: string[] = [];
  for (const rollout of rollouts) {
    if (!isAdmitted(rollout, filter)) continue;
    texts.push(textOf(rollout, includeMetadata));
    if (rollout.members.size > FEW_MEMBERS) yield;
  }
  return `"type":${JSON.stringify(type)},"version":${JSON.stringify(version)},"rollouts":[${texts.join(',')}]`;
}

/**
 * As a rule's conditions must, a rollout's must be admitted; of the feature of its units any value does. One that nobody
 * can read matches nothing, and is left out.
 */
function isAdmitted({ feature, conditions, problem }: LoadedRollout, filter: ContextFilter): boolean {
  if (problem !== undefined) return false;
  if (filter.kind === 'everything') return true;
  return filter.features.has(feature) && admits(filter, conditions);
}

function textOf(rollout: LoadedRollout, includeMetadata: boolean): string {
  const { id, feature, conditions, enabled, shareText, outcomeText, members, pattern, hash, salt } = rollout;
  const listed = members.size <= MOST_MEMBERS ? [...members].sort(byUtf8) : null;
  const parts = [
    `"rollout_id":${id},"feature":${JSON.stringify(feature)},"context_features":${JSON.stringify(conditions)}`,
    `"enabled":${enabled},${shareText},"members":${JSON.stringify(listed)},"member_count":${members.size}`,
    `"pattern":${JSON.stringify(pattern?.source ?? null)},${outcomeText}`,
    `"hash":"${hash}","salt":${JSON.stringify(salt)}`,
    ...(includeMetadata ? [`"metadata":${rollout.metadata}`] : []),
  ];
  return `{${parts.join(',')}}`;
}

/** The order in which the service pages through members; UTF-16's, which JavaScript's own is, differs. */
function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
