import {
  type Condition,
  conditionsKey,
  featureOf,
  forEachInSteps,
  type InSteps,
  jsonText,
  type JsonText,
  parseStoredSettingType,
  parseStoredVariants,
  parseStoredVersion,
  type Setting as SettingFields,
  type Use,
  type Uses,
} from '@heksher/core';
import { type LoadedRollout, type StoredRollout } from '../loaded-rollout.js';
import { ruleAt, ruleRow, type StoredRule, valueAt } from '../rule-table.js';
import { ruleWith } from '../rule-with.js';
import { type Ruleset, ruleIds, type Setting } from '../ruleset.js';
import { DraftMembers } from './draft-members.js';
import { type Metadata, readMetadata } from './metadata.js';

/** A rule in a draft; a new one has a negative id. Conditions are in feature order. */
export type DraftRule = Readonly<{ id: number; conditions: readonly Condition[]; value: JsonText; metadata: Metadata }>;

/** A rollout in a draft; a new one has a negative id. Ramp, value and variants are JSON texts, the percentage a decimal. */
export type DraftRollout = Omit<StoredRollout, 'metadata'> & Readonly<{ metadata: Metadata; members: DraftMembers }>;

type Head = Omit<SettingFields, 'type'> & Readonly<{ aliases: readonly string[] }>;

/** What of a setting is not its rules and rollouts; `type` is null where the stored text is not readable. */
export type DraftHead = SettingFields & Readonly<{ aliases: readonly string[] }>;

/** Stands for a rule by its id, for whichever has certain conditions in a setting, or for all rules of one. */
export type RuleMark = number | string;

/**
 * A setting in a draft: what a ruleset holds, under what was changed. Nothing is copied until it changes.
 */
export class DraftSetting {
  private own: DraftHead;
  private isHeadChanged = false;
  /** The rule of the ruleset that was looked at last: a change looks at it several times. */
  private lastRule: DraftRule | undefined;
  private readonly changedRules = new Map<number, DraftRule | undefined>();
  private readonly ownRules = new Map<string, number>();
  private readonly changedRollouts = new Map<number, DraftRollout | undefined>();
  private readonly askedFor = new Set<RuleMark>();

  /**
   * @param base the setting of the ruleset; undefined: it is new
   * @param nextId gives the ids of new rules and rollouts
   */
  constructor(
    private readonly ruleset: Ruleset,
    readonly base: Setting | undefined,
    head: Head,
    private readonly nextId: () => number,
  ) {
    this.own = { ...head, type: parseStoredSettingType(head.typeText) };
  }

  get head(): DraftHead {
    return this.own;
  }

  get name(): string {
    return this.own.name;
  }

  /** Conditions are sorted, and aliases too; the rest is taken as it is. */
  changeHead(changes: Partial<Head>): void {
    const { typeText } = changes;
    const type = typeText === undefined ? this.own.type : parseStoredSettingType(typeText);
    this.own = { ...this.own, ...changes, type };
    this.isHeadChanged = true;
  }

  /** Whether it is new, or anything but its rules and rollouts was changed, perhaps back again. */
  get hasOtherHead(): boolean {
    return this.base === undefined || this.isHeadChanged;
  }

  /** Whether anything of it was changed, perhaps back again. */
  get isChanged(): boolean {
    const { hasOtherHead, changedRules, changedRollouts } = this;
    return hasOtherHead || changedRules.size > 0 || changedRollouts.size > 0;
  }

  /** Rules that were changed by id; undefined: deleted. */
  get ruleChanges(): ReadonlyMap<number, DraftRule | undefined> {
    return this.changedRules;
  }

  get rolloutChanges(): ReadonlyMap<number, DraftRollout | undefined> {
    return this.changedRollouts;
  }

  /** The rules that it was asked for. */
  get asked(): Iterable<RuleMark> {
    return this.askedFor;
  }

  /** The rules that were changed, as they were and as they are. */
  *changedMarks(): Generator<RuleMark> {
    if (this.changedRules.size > 0) yield this.ofAll;
    for (const [id, rule] of this.changedRules) {
      const before = id < 0 ? undefined : this.baseRule(id);
      if (before !== undefined) yield id;
      for (const one of [before, rule]) if (one !== undefined) yield this.ofConditions(conditionsKey(one.conditions));
    }
  }

  rule(id: number): DraftRule | undefined {
    this.askedFor.add(id);
    return this.changedRules.has(id) ? this.changedRules.get(id) : this.baseRule(id);
  }

  /** The rule as the ruleset has it. */
  baseRule(id: number): DraftRule | undefined {
    const { base, lastRule } = this;
    if (base === undefined) return undefined;
    if (lastRule?.id === id) return lastRule;
    const row = ruleRow(base.rules, id);
    const stored = row === undefined ? base.shadowed.find((rule) => rule.id === id) : ruleAt(base.rules, row);
    return (this.lastRule = stored && draftRule(stored));
  }

  /** The rule with exactly these conditions, of several the oldest. */
  ruleWith(conditions: readonly Condition[]): DraftRule | undefined {
    const [first] = this.rulesWith(conditions);
    return first;
  }

  /** All of them, by ascending id, the new ones last: other writers may have made several. */
  rulesWith(conditions: readonly Condition[]): readonly DraftRule[] {
    const { base, ruleset } = this;
    const key = conditionsKey(conditions);
    this.askedFor.add(this.ofConditions(key));
    const own = this.ownRules.get(key);
    const ids = new Set<number>();
    const inTable = base && ruleWith(ruleset, base, conditions);
    if (inTable !== undefined) ids.add(inTable);
    for (const rule of base?.shadowed ?? []) if (conditionsKey(rule.conditions) === key) ids.add(rule.id);
    const untouched = [...ids].filter((id) => !this.changedRules.has(id));
    return [...untouched, ...(own === undefined ? [] : [own])]
      .sort((a, b) => (a < 0 || b < 0 ? b - a : a - b))
      .flatMap((id) => this.rule(id) ?? []);
  }

  addRule(rule: Omit<DraftRule, 'id'>): DraftRule {
    return this.setRule({ ...rule, conditions: this.inOrder(rule.conditions), id: this.nextId() });
  }

  changeRule(id: number, changes: Partial<Omit<DraftRule, 'id'>>): void {
    const before = this.rule(id);
    if (before === undefined) return;
    const conditions = this.inOrder(changes.conditions ?? before.conditions);
    this.forget(before);
    this.setRule({ ...before, ...changes, conditions });
  }

  deleteRule(id: number): void {
    const before = this.rule(id);
    if (before === undefined) return;
    this.forget(before);
    if (id < 0) this.changedRules.delete(id);
    else this.changedRules.set(id, undefined);
  }

  private setRule(rule: DraftRule): DraftRule {
    this.changedRules.set(rule.id, rule);
    this.ownRules.set(conditionsKey(rule.conditions), rule.id);
    return rule;
  }

  private forget({ id, conditions }: DraftRule): void {
    const key = conditionsKey(conditions);
    if (this.ownRules.get(key) === id) this.ownRules.delete(key);
  }

  /** By ascending id, the new ones last. */
  get rollouts(): readonly DraftRollout[] {
    const untouched = (this.base?.rollouts ?? []).filter(({ id }) => !this.changedRollouts.has(id)).map(draftRollout);
    const changed = [...this.changedRollouts.values()].filter((one) => one !== undefined);
    return [...untouched, ...changed].sort((a, b) => (a.id < 0 || b.id < 0 ? b.id - a.id : a.id - b.id));
  }

  rollout(id: number): DraftRollout | undefined {
    return this.changedRollouts.has(id) ? this.changedRollouts.get(id) : this.baseRollout(id);
  }

  baseRollout(id: number): DraftRollout | undefined {
    const loaded = this.base?.rollouts.find((one) => one.id === id);
    return loaded && draftRollout(loaded);
  }

  /** The rollout by exactly this feature and these conditions, of several the oldest. */
  rolloutBy(feature: string, conditions: readonly Condition[]): DraftRollout | undefined {
    const key = conditionsKey(conditions);
    return this.rollouts.find((one) => one.feature === feature && conditionsKey(one.conditions) === key);
  }

  addRollout(rollout: Omit<DraftRollout, 'id'>): DraftRollout {
    const added = { ...rollout, conditions: this.inOrder(rollout.conditions), id: this.nextId() };
    this.changedRollouts.set(added.id, added);
    return added;
  }

  changeRollout(id: number, changes: Partial<Omit<DraftRollout, 'id'>>): void {
    const before = this.rollout(id);
    if (before === undefined) return;
    const conditions = this.inOrder(changes.conditions ?? before.conditions);
    this.changedRollouts.set(id, { ...before, ...changes, conditions });
  }

  deleteRollout(id: number): void {
    if (id < 0) this.changedRollouts.delete(id);
    else if (this.rollout(id) !== undefined) this.changedRollouts.set(id, undefined);
  }

  /** All rules, by ascending id, the new ones last. */
  *rules(): Generator<DraftRule> {
    this.askedFor.add(this.ofAll);
    const ids = this.base === undefined ? [] : ruleIds(this.base);
    for (const id of ids) {
      const rule = this.rule(id);
      if (rule !== undefined) yield rule;
    }
    for (const [id, rule] of this.changedRules) if (id < 0 && rule !== undefined) yield rule;
  }

  /** What the rules and rollouts hold on to: their values and features, by ascending id. */
  *uses(): InSteps<Uses> {
    const rules: Use[] = [];
    yield* forEachInSteps(this.ruleUses(), (use) => void rules.push(use));
    return { rules, rollouts: this.rollouts.map(rolloutUse) };
  }

  private *ruleUses(): Generator<Use> {
    const { base } = this;
    this.askedFor.add(this.ofAll);
    if (base !== undefined) {
      for (const [row, id] of base.rules.ids.entries()) {
        if (this.changedRules.has(id)) continue;
        const { conditions } = ruleAt(base.rules, row);
        yield { id, values: [jsonText(valueAt(base.rules, row))], features: conditions.map(featureOf) };
      }
    }
    const apart = (base?.shadowed ?? []).filter(({ id }) => !this.changedRules.has(id)).map(draftRule);
    const changed = [...this.changedRules.values()].filter((rule) => rule !== undefined);
    for (const { id, value, conditions } of [...apart, ...changed]) {
      yield { id, values: [value], features: conditions.map(featureOf) };
    }
  }

  private get ofAll(): RuleMark {
    return `all rules of ${this.name}`;
  }

  private ofConditions(key: string): RuleMark {
    return `rule of ${this.name} with ${key}`;
  }

  private inOrder(conditions: readonly Condition[]): readonly Condition[] {
    if (conditions.length < 2) return conditions;
    const order = new Map([...this.ruleset.features].map((feature, index) => [feature, index]));
    const placeOf = (condition: Condition) => order.get(featureOf(condition)) ?? order.size;
    return conditions.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** What a ruleset says of a setting beside its rules. */
export function headOfSetting(setting: Setting, features: readonly string[]): Head {
  const { name, type, version, defaultValue, aliases, configurableFeatures, metadata } = setting;
  const configurable = new Set(configurableFeatures);
  return {
    name,
    typeText: type,
    version: parseStoredVersion(version),
    defaultValue,
    aliases,
    configurableFeatures: features.filter((feature) => configurable.has(feature)),
    metadata: readMetadata(metadata),
  };
}

function draftRule({ id, value, conditions, metadata }: StoredRule): DraftRule {
  return { id, value: jsonText(value), conditions, metadata: readMetadata(metadata) };
}

function draftRollout({ stored, conditions, members }: LoadedRollout): DraftRollout {
  return { ...stored, conditions, metadata: readMetadata(stored.metadata), members: new DraftMembers(members) };
}

/** Variants that another writer stored and that are none count as one value, which fits no type. */
function rolloutUse({ id, value, variants, feature, conditions }: DraftRollout): Use {
  const values = variants === null ? undefined : parseStoredVariants(variants)?.map((variant) => variant.value);
  return { id, values: values ?? [jsonText(value ?? '')], features: [feature, ...conditions.map(featureOf)] };
}
