import { type InSteps } from '@heksher/core';
import { RuleTableBuilder } from './rule-table-builder.js';
import { type StoredRule } from './rule-table.js';
import { makeRuleset, makeSetting, type Revision, type Ruleset, type SettingHead } from './ruleset.js';
import { Vocabulary } from './vocabulary.js';

/** Makes a ruleset of rows: first all rules, then what else there is. */
export class RulesetBuilder {
  private readonly vocabulary = new Vocabulary();
  private readonly tables = new Map<string, RuleTableBuilder>();

  /** Rules of one setting come by ascending id. */
  add(setting: string, rule: StoredRule): void {
    this.tableOf(setting).add(rule);
  }

  *finish(revision: Revision, features: Iterable<string>, heads: Iterable<SettingHead>): InSteps<Ruleset> {
    this.vocabulary.settle();
    const settings = [];
    for (const head of heads) {
      const table = this.tableOf(head.name);
      settings.push(makeSetting(head, table.build(), table.shadowed));
      this.tables.delete(head.name);
      yield;
    }
    return makeRuleset(revision, features, settings, this.vocabulary);
  }

  private tableOf(setting: string): RuleTableBuilder {
    const known = this.tables.get(setting);
    if (known !== undefined) return known;
    const begun = new RuleTableBuilder(this.vocabulary);
    this.tables.set(setting, begun);
    return begun;
  }
}
