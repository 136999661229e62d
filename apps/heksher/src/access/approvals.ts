import { HeksherError, type InSteps } from '@heksher/core';
import { type Draft, type Operation } from '@heksher/ruleset';
import { settingsChangedBy } from './granted-writes.js';

/** How many approvals the settings of a name need: `billing.*` stands for all names that begin with `billing.`. */
export type ApprovalRule = Readonly<{ pattern: string; count: number }>;

const RULE = /^([\p{L}\p{N}_.*-]+):([1-9])$/u;

/** Reads `billing.*:2,cache_size:1`. */
export function parseApprovalRules(text: string): readonly ApprovalRule[] {
  return text.split(',').map((part) => {
    const [match, pattern = '', count = ''] = RULE.exec(part.trim()) ?? [];
    if (match !== undefined) return { pattern, count: Number(count) };
    throw new HeksherError(
      'invalid',
      `must be patterns of names with how many approvals they need, 1 to 9, such as billing.*:2,cache_size:1; not "${part.trim()}"`,
    );
  });
}

/**
 * What changes of the settings with these names need: the most that any of them does.
 * @param names null stands for what belongs to all settings
 */
export function approvalsNeeded(rules: readonly ApprovalRule[], names: Iterable<string | null>): number {
  let needed = 0;
  const matchers = rules.map(({ pattern, count }) => ({ count, matches: matcherOf(pattern) }));
  for (const name of names) {
    for (const { count, matches } of matchers) if (count > needed && (name === null || matches(name))) needed = count;
  }
  return needed;
}

function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.-]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 'us');
  return (name) => expression.test(name);
}

/** Refuses a write that is alone where settings that it changes need approvals. */
export function requireNoApproval(rules: readonly ApprovalRule[], names: Iterable<string | null>): void {
  const needed = rules.length === 0 ? 0 : approvalsNeeded(rules, names);
  if (needed === 0) return;
  const message = `this needs ${needed} ${needed === 1 ? 'approval' : 'approvals'}: propose it as a change set (POST /api/v1/changesets)`;
  throw new HeksherError('forbidden', message, {
    errors: [{ field: 'request', message, code: 'not_approved', details: { approvals_needed: needed } }],
  });
}

/** The settings that operations name, by the names that they have in the draft; null: something that belongs to all of them. */
export function* settingsNamedBy(draft: Draft, operations: readonly Operation[]): InSteps<ReadonlySet<string | null>> {
  const names = new Set<string | null>();
  for (const [index, operation] of operations.entries()) {
    for (const name of namesIn(operation)) names.add(name === null ? null : (draft.setting(name)?.name ?? name));
    if (index % 256 === 255) yield;
  }
  return names;
}

/** Operations that may need approvals: declarations come from code, which has reviews of its own, and what is added to the features decides nothing. */
export function reviewedAmong(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ op }) => op !== 'declare' && op !== 'add_context_feature');
}

/** What a draft has changed that may need approvals. */
export function changesToApprove(draft: Draft): readonly (string | null)[] {
  const kept = draft.features.filter((name) => draft.base.features.has(name));
  const isOrderKept = [...draft.base.features].join() === kept.join();
  return settingsChangedBy(draft).filter((name) => name !== null || !isOrderKept);
}

function namesIn(operation: Operation): readonly (string | null)[] {
  switch (operation.op) {
    case 'add_context_feature':
    case 'move_context_feature':
    case 'delete_context_feature':
      return [null];
    case 'declare': {
      const { declaration, alias } = operation;
      return alias === undefined ? [declaration.name] : [declaration.name, alias];
    }
    case 'rename_setting':
      return [operation.setting, operation.name];
    default:
      return [operation.setting];
  }
}
