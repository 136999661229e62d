import { fitOf, HeksherError, type InSteps, notFound, quoted } from '@heksher/core';
import { type Draft, type DraftSetting } from '../draft/index.js';
import {
  addFeature,
  declare,
  type DeclarationResult,
  deleteFeature,
  featuresInOrder,
  moveFeature,
} from '../operations/index.js';
import { describe, missing, patchRollout, patchRule, putRollout, putRule } from './apply-lines.js';
import { putSetting, renameFreely } from './apply-settings.js';
import { attempt, checkDefault, checkRollout, checkRule } from './check-values.js';
import { requireExpected } from './expectation.js';
import { rolloutImage, ruleImage, settingImage } from './images.js';
import { type Operation, type OperationName, type RolloutAddress, type RuleKey } from './operation.js';

/** What an operation made that its author could not know. Ids are negative until the draft is written. */
export type OperationResult = Readonly<{ index: number }> &
  (
    | Readonly<{ kind: 'rule' | 'rollout'; id: number; isNew: boolean }>
    | Readonly<{ kind: 'declaration'; setting: string; result: DeclarationResult }>
  );

/** An operation that cannot be carried out. */
export type FailedOperation = Readonly<{ index: number; op: OperationName; error: HeksherError }>;

/** A declaration that is not accepted as it is: see its result. */
export class DeclarationRefused extends HeksherError {
  constructor(
    name: string,
    readonly result: DeclarationResult,
  ) {
    const message = `the declaration of the setting ${quoted(name)} is refused: ${result.kind}`;
    super('conflict', message, {
      errors: [{ field: 'declaration', pointer: '', message, code: 'declaration_refused' }],
    });
  }
}

export type AppliedOperations = Readonly<{
  results: readonly OperationResult[];
  failures: readonly FailedOperation[];
}>;

/**
 * Carries out all operations, in their order, and goes on after one that fails, so that all failures are known: a draft with any
 * is to be dropped. Whether values are of the types of their settings, and features those that these are configurable by, is asked
 * of what all operations leave: so a type and the values may change in one set.
 */
export function* applyOperations(draft: Draft, operations: readonly Operation[]): InSteps<AppliedOperations> {
  const work = new Application(draft);
  for (const [index, operation] of operations.entries()) {
    yield* work.carryOut(index, operation);
    yield;
  }
  return yield* work.finish(operations);
}

class Application {
  private readonly results: OperationResult[] = [];
  private readonly failures = new Map<number, FailedOperation>();
  /** Which operation touched a rule, a rollout or a setting last. */
  private readonly lastOf = { rules: new Map<number, number>(), rollouts: new Map<number, number>() };
  private readonly heads = new Map<DraftSetting, number>();

  constructor(private readonly draft: Draft) {}

  *carryOut(index: number, operation: Operation): InSteps<void> {
    try {
      yield* this.perform(index, operation);
    } catch (error) {
      this.fail(index, operation, error);
    }
  }

  *finish(operations: readonly Operation[]): InSteps<AppliedOperations> {
    for (const setting of this.draft.changed) {
      yield* this.checkValues(setting, (index, error) => {
        const operation = operations[index];
        if (operation !== undefined) this.fail(index, operation, error);
      });
      yield;
    }
    const failures = [...this.failures.values()].sort((a, b) => a.index - b.index);
    return { results: this.results, failures };
  }

  private fail(index: number, { op }: Operation, error: unknown): void {
    if (!(error instanceof HeksherError)) throw error;
    if (!this.failures.has(index)) this.failures.set(index, { index, op, error });
  }

  private *perform(index: number, operation: Operation): InSteps<void> {
    const { draft } = this;
    switch (operation.op) {
      case 'put_rule':
      case 'patch_rule':
      case 'delete_rule':
        return this.changeRule(index, operation);
      case 'put_rollout':
      case 'patch_rollout':
      case 'delete_rollout':
      case 'change_members':
        return this.changeRollout(index, operation);
      case 'put_setting': {
        const setting = draft.setting(operation.setting);
        requireExpected(
          `the setting ${quoted(operation.setting)}`,
          operation.expect,
          setting && settingImage(setting.head),
        );
        this.heads.set(putSetting(draft, setting, operation), index);
        return;
      }
      case 'declare': {
        const { declaration, alias, skipsConflicts } = operation;
        const result = yield* declare(draft, declaration, { alias, newAtAnyVersion: true });
        if (!skipsConflicts && (result.kind === 'mismatch' || result.kind === 'rejected')) {
          throw new DeclarationRefused(declaration.name, result);
        }
        this.results.push({ index, kind: 'declaration', setting: declaration.name, result });
        return;
      }
      case 'rename_setting': {
        const setting = this.expectedSetting(operation);
        renameFreely(draft, setting, operation);
        this.heads.set(setting, index);
        return;
      }
      case 'delete_setting': {
        draft.deleteSetting(this.expectedSetting(operation));
        return;
      }
      case 'add_context_feature':
        if (operation.place !== undefined) requireAnchor(draft, operation.place.anchor);
        addFeature(draft, operation.name);
        if (operation.place !== undefined) moveFeature(draft, operation.name, operation.place);
        return;
      case 'move_context_feature':
        requireAnchor(draft, operation.place.anchor);
        return moveFeature(draft, operation.name, operation.place);
      case 'delete_context_feature':
        return yield* deleteFeature(draft, operation.name);
      default:
        return operation satisfies never;
    }
  }

  private expectedSetting({ setting: name, expect }: Extract<Operation, { op: 'delete_setting' | 'rename_setting' }>) {
    const setting = this.requireSetting(name);
    requireExpected(`the setting ${quoted(name)}`, expect, settingImage(setting.head));
    return setting;
  }

  private requireSetting(name: string): DraftSetting {
    const setting = this.draft.setting(name);
    if (setting === undefined) throw notFound('setting', name, { field: 'setting' });
    return setting;
  }

  private changeRule(index: number, operation: Extract<Operation, RuleKey & { op: `${string}_rule` }>): void {
    const setting = this.requireSetting(operation.setting);
    const { conditions, expect } = operation;
    const rule = setting.ruleWith(conditions);
    const what = describe('rule', setting.name, conditions);
    requireExpected(what, expect, rule && ruleImage(setting.name, rule));
    if (operation.op === 'put_rule') {
      const id = putRule(setting, rule, operation);
      this.lastOf.rules.set(id, index);
      this.results.push({ index, kind: 'rule', id, isNew: rule === undefined });
      return;
    }
    if (rule === undefined) throw missing(what, 'rule');
    if (operation.op === 'delete_rule') {
      // Other writers may have made a second one, which would decide from then on.
      for (const { id } of setting.rulesWith(conditions)) setting.deleteRule(id);
      return;
    }
    patchRule(setting, rule, operation.set);
    this.lastOf.rules.set(rule.id, index);
  }

  private changeRollout(index: number, operation: Extract<Operation, RolloutAddress>): void {
    const setting = this.requireSetting(operation.setting);
    const { feature, conditions, expect } = operation;
    const rollout = setting.rolloutBy(feature, conditions);
    const what = describe('rollout', setting.name, conditions, feature);
    requireExpected(what, expect, rollout && rolloutImage(setting.name, rollout));
    if (operation.op === 'put_rollout') {
      const id = putRollout(setting, rollout, operation);
      this.lastOf.rollouts.set(id, index);
      this.results.push({ index, kind: 'rollout', id, isNew: rollout === undefined });
      return;
    }
    if (rollout === undefined) throw missing(what, 'rollout');
    switch (operation.op) {
      case 'delete_rollout':
        return setting.deleteRollout(rollout.id);
      case 'change_members': {
        const members = rollout.members.changed(operation.added, operation.removed);
        return setting.changeRollout(rollout.id, { members });
      }
      case 'patch_rollout':
        patchRollout(setting, rollout, operation.set);
        this.lastOf.rollouts.set(rollout.id, index);
        return;
      default:
        return operation satisfies never;
    }
  }

  /** All of a setting whose type or features changed; else what was touched. */
  private *checkValues(setting: DraftSetting, refuse: (index: number, error: HeksherError) => void): InSteps<void> {
    const { head, base } = setting;
    const byHead = this.heads.get(setting);
    const isSameHead =
      base?.type === head.typeText &&
      base.configurableFeatures.every((feature) => head.configurableFeatures.includes(feature));
    const rules = byHead === undefined || isSameHead ? setting.ruleChanges.values() : setting.rules();
    const fits = head.type === null ? () => false : fitOf(head.type);
    let count = 0;
    for (const rule of rules) {
      if (++count % 256 === 0) yield;
      if (rule === undefined) continue;
      const index = this.lastOf.rules.get(rule.id) ?? byHead;
      if (index === undefined) continue;
      attempt(
        () => checkRule(setting, rule, fits),
        (error) => refuse(index, error),
      );
    }
    for (const rollout of setting.rollouts) {
      const index = this.lastOf.rollouts.get(rollout.id) ?? byHead;
      if (index === undefined) continue;
      attempt(
        () => checkRollout(setting, rollout),
        (error) => refuse(index, error),
      );
      yield;
    }
    if (byHead !== undefined) {
      attempt(
        () => checkDefault(setting),
        (error) => refuse(byHead, error),
      );
      attempt(
        () => void featuresInOrder(this.draft, head.configurableFeatures),
        (error) => refuse(byHead, error),
      );
    }
  }
}

function requireAnchor({ features }: Draft, anchor: string): void {
  if (!features.includes(anchor)) throw notFound('context feature', anchor, { field: 'after' });
}
