import { type Evaluation } from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { writeFlag } from './flag.js';

/** More different answers than most settings have; beyond them, texts are made each time. */
const MOST_KEPT = 64;

/** The JSON of flags, by their canonical names, kept for as long as their settings stay as they are. */
export class FlagTexts {
  private readonly kept = new WeakMap<Setting, Map<Evaluation, string>>();

  /** @param evaluation one that an evaluator of the setting gave, which gives the same object for the same decision */
  textOf(setting: Setting, evaluation: Evaluation, hasRules: (setting: Setting) => boolean): string {
    const texts = this.kept.get(setting) ?? this.keep(setting);
    const known = texts.get(evaluation);
    if (known !== undefined) return known;
    const text = writeFlag(setting.name, setting, hasRules(setting), evaluation);
    if (texts.size < MOST_KEPT) texts.set(evaluation, text);
    return text;
  }

  private keep(setting: Setting): Map<Evaluation, string> {
    const texts = new Map<Evaluation, string>();
    this.kept.set(setting, texts);
    return texts;
  }
}
