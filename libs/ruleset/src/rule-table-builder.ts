import { forEachInSteps, type InSteps, type JsonText } from '@heksher/core';
import { NO_METADATA, ruleAt, type RuleTable, type StoredRule, textOf, writeRule } from './rule-table.js';
import {
  conditionsByRow,
  numberConditions,
  type NumberedConditions,
  RuleNumbersBuilder,
  startOf,
} from './rule-numbers.js';
import { type Vocabulary } from './vocabulary.js';

/** Batch size: texts are joined early, since short strings kept to the end would be promoted by the garbage collector. */
const JOINED_AT_ONCE = 256;

/** Batch size: adding this many rows takes some hundred microseconds. */
const ROWS_PER_STEP = 256;

/**
 * Makes a table of rules that come by ascending id. Of rules with the same conditions the oldest wins everywhere, so that
 * the younger are kept apart as `shadowed`.
 */
export class RuleTableBuilder {
  readonly shadowed: StoredRule[] = [];
  private readonly ids: number[] = [];
  private readonly starts: number[] = [0];
  private readonly valueEnds: number[] = [];
  private readonly metadata = new Map<number, JsonText>();
  private readonly numbers = new RuleNumbersBuilder();
  private readonly chunks: string[] = [];
  private texts: string[] = [];

  constructor(private readonly vocabulary: Vocabulary) {}

  add(rule: StoredRule): void {
    const { list, values } = numberConditions(rule.conditions, this.vocabulary);
    if (!this.numbers.add(list, values)) {
      this.shadowed.push(rule);
      return;
    }
    const { text, valueEnd } = writeRule(rule);
    this.append(rule.id, text, valueEnd, rule.metadata);
  }

  addAll(rules: readonly StoredRule[]): InSteps<void> {
    return forEachInSteps(rules, (rule) => this.add(rule), ROWS_PER_STEP);
  }

  /** The rules of a table but those `left` out, with `more` in between, ascending, where their ids belong. */
  *addMerged(table: RuleTable, left: ReadonlySet<number>, more: readonly StoredRule[]): InSteps<void> {
    const conditionsOf = conditionsByRow(table.numbers, this.vocabulary);
    let next = 0;
    for (const [row, id] of table.ids.entries()) {
      for (let rule = more[next]; rule !== undefined && rule.id < id; rule = more[next]) {
        this.add(rule);
        next += 1;
        if (next % ROWS_PER_STEP === 0) yield;
      }
      if (!left.has(id)) this.addRow(table, row, conditionsOf(row));
      if (row % ROWS_PER_STEP === 0) yield;
    }
    yield* this.addAll(more.slice(next));
  }

  build(): RuleTable {
    this.joinTexts();
    return {
      ids: Int32Array.from(this.ids),
      text: this.chunks.join(','),
      numbers: this.numbers.build(this.starts),
      valueEnds: Int32Array.from(this.valueEnds),
      metadata: this.metadata,
    };
  }

  private addRow(table: RuleTable, row: number, { list, values }: NumberedConditions): void {
    if (!this.numbers.add(list, values)) {
      this.shadowed.push(ruleAt(table, row));
      return;
    }
    const id = table.ids[row] ?? 0;
    const valueEnd = (table.valueEnds[row] ?? 0) - startOf(table.numbers, row);
    this.append(id, textOf(table, row), valueEnd, table.metadata.get(id) ?? NO_METADATA);
  }

  private append(id: number, text: string, valueEnd: number, metadata: JsonText): void {
    const start = this.starts[this.starts.length - 1] ?? 0;
    this.ids.push(id);
    this.starts.push(start + text.length + 1);
    this.valueEnds.push(start + valueEnd);
    if (metadata !== NO_METADATA) this.metadata.set(id, metadata);
    if (this.texts.push(text) === JOINED_AT_ONCE) this.joinTexts();
  }

  private joinTexts(): void {
    if (this.texts.length > 0) this.chunks.push(this.texts.join(','));
    this.texts = [];
  }
}
