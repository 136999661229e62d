import { type Ruleset, type Setting } from '../ruleset.js';
import { placeOf } from '../rule-table.js';
import { DraftSetting, type DraftHead, headOfSetting, type RuleMark } from './draft-setting.js';

/** A setting that is renamed: what it was called, and is. */
export type Renaming = readonly [from: string, to: string];

/**
 * Changes to a ruleset that are not written yet: reads answer as if they were. Operations check and change it; then it says
 * which rows that makes (`rowsOf`) and which ruleset (`nextOf`).
 */
export class Draft {
  private ordered: readonly string[];
  /** By the names in the ruleset; undefined: deleted. */
  private readonly touched = new Map<string, DraftSetting | undefined>();
  /** By the names that they have now, all that were looked at or made. */
  private readonly byName = new Map<string, DraftSetting>();
  private readonly byAlias = new Map<string, DraftSetting>();
  private readonly renamed: Renaming[] = [];
  private lastId = 0;

  constructor(readonly base: Ruleset) {
    this.ordered = [...base.features];
  }

  /** The context features in order. */
  get features(): readonly string[] {
    return this.ordered;
  }

  changeFeatures(ordered: readonly string[]): void {
    this.ordered = ordered;
  }

  /** The setting of that name or, where there is none, of that alias. */
  setting(nameOrAlias: string): DraftSetting | undefined {
    const { settings, aliases } = this.base;
    return (
      this.byName.get(nameOrAlias) ??
      this.look(settings.get(nameOrAlias)) ??
      this.byAlias.get(nameOrAlias) ??
      this.look(settings.get(aliases.get(nameOrAlias) ?? ''))
    );
  }

  /** The setting that has the rule; of negative ids those that are new. */
  settingOfRule(id: number): DraftSetting | undefined {
    for (const setting of this.byName.values()) if (setting.rule(id) !== undefined) return setting;
    for (const setting of this.base.settings.values()) {
      if (!this.touched.has(setting.name) && hasRule(setting, id)) return this.look(setting);
    }
    return undefined;
  }

  settingOfRollout(id: number): DraftSetting | undefined {
    for (const setting of this.byName.values()) if (setting.rollout(id) !== undefined) return setting;
    for (const setting of this.base.settings.values()) {
      if (!this.touched.has(setting.name) && setting.rollouts.some((one) => one.id === id)) return this.look(setting);
    }
    return undefined;
  }

  /** All settings that there are, in no order. */
  *settings(): Generator<DraftSetting | Setting> {
    yield* this.byName.values();
    for (const setting of this.base.settings.values()) if (!this.touched.has(setting.name)) yield setting;
  }

  /** Settings that are new or changed. */
  get changed(): readonly DraftSetting[] {
    return [...this.byName.values()].filter((setting) => setting.isChanged);
  }

  /** Names in the ruleset of settings that are deleted. */
  get deleted(): readonly string[] {
    return [...this.touched].filter(([, setting]) => setting === undefined).map(([name]) => name);
  }

  /** Rules that it was asked for, so that what was decided rests on them. */
  *asked(): Generator<RuleMark> {
    for (const setting of this.byName.values()) yield* setting.asked;
  }

  get renamings(): readonly Renaming[] {
    return this.renamed;
  }

  /** Nothing else may have the name. */
  addSetting(head: Omit<DraftHead, 'type' | 'aliases'>): DraftSetting {
    const added = new DraftSetting(this.base, undefined, { ...head, aliases: [] }, this.nextId);
    this.byName.set(head.name, added);
    return added;
  }

  /** The old name becomes an alias. Nothing else may have the new one. */
  rename(setting: DraftSetting, to: string): void {
    const from = setting.name;
    if (from === to) return;
    this.byName.delete(from);
    this.byName.set(to, setting);
    if (setting.base !== undefined) this.renamed.push([from, to]);
    setting.changeHead({ name: to });
    this.changeAliases(setting, [...setting.head.aliases.filter((alias) => alias !== to), from]);
  }

  changeAliases(setting: DraftSetting, aliases: readonly string[]): void {
    for (const alias of setting.head.aliases) this.byAlias.delete(alias);
    setting.changeHead({ aliases: aliases.toSorted() });
    for (const alias of aliases) this.byAlias.set(alias, setting);
  }

  deleteSetting(setting: DraftSetting): void {
    this.byName.delete(setting.name);
    for (const alias of setting.head.aliases) this.byAlias.delete(alias);
    if (setting.base !== undefined) this.touched.set(setting.base.name, undefined);
  }

  private look(base: Setting | undefined): DraftSetting | undefined {
    if (base === undefined || this.touched.has(base.name)) return undefined;
    const setting = new DraftSetting(this.base, base, headOfSetting(base, this.ordered), this.nextId);
    this.touched.set(base.name, setting);
    this.byName.set(base.name, setting);
    for (const alias of base.aliases) this.byAlias.set(alias, setting);
    return setting;
  }

  private readonly nextId = (): number => (this.lastId -= 1);
}

function hasRule({ rules: { ids }, shadowed }: Setting, id: number): boolean {
  return ids[placeOf(ids, id)] === id || shadowed.some((rule) => rule.id === id);
}
