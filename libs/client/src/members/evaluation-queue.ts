import { quoted } from '@heksher/core';
import { unavailable } from '../errors.js';
import { type JsonMembers, membersOf, parseJsonOrNothing } from '../json.js';
import { type SettingEvaluation } from '../reading.js';
import { type Send } from '../service/service.js';
import { unexpectedAnswer } from '../service/unexpected-answer.js';
import { type Entry } from '../updates/setting-registry.js';

/** Which value a setting has in a context, where a feature that counts and has no value is there as undefined. */
export type Question = Readonly<{
  name: string;
  context: ReadonlyMap<string, string | undefined>;
  resolve(answer: SettingEvaluation<unknown>): void;
  reject(error: unknown): void;
}>;

const MAX_WAITING = 1_000;
const MAX_AT_ONCE = 4;

/** Batches evaluations: those requested in one iteration of the event loop whose contexts are compatible share a request. */
export class EvaluationQueue {
  private waiting: Question[] = [];
  private isScheduled = false;
  private underWay = 0;

  constructor(
    private readonly send: Send,
    private readonly entryOf: (name: string) => Entry | undefined,
  ) {}

  isFull(): boolean {
    return this.waiting.length >= MAX_WAITING;
  }

  /** `context` has all features that count, undefined where they have no value. Rejects where there is no answer. */
  evaluate(name: string, context: ReadonlyMap<string, string | undefined>): Promise<SettingEvaluation<unknown>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ name, context, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.underWay >= MAX_AT_ONCE) return;
    this.isScheduled = true;
    setTimeout(() => {
      this.isScheduled = false;
      const groups = groupQuestions(this.waiting, MAX_AT_ONCE - this.underWay);
      const taken = new Set(groups.flat());
      this.waiting = this.waiting.filter((question) => !taken.has(question));
      for (const group of groups) void this.askGroup(group);
    }, 0);
  }

  private async askGroup(group: readonly Question[]): Promise<void> {
    this.underWay += 1;
    try {
      const answers = await this.request(group);
      for (const question of group) this.settle(question, answers);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.underWay -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }

  private async request(group: readonly Question[]): Promise<JsonMembers> {
    const context = group.flatMap((question) => [...question.context]).filter(([, value]) => value !== undefined);
    const settings = group.map(({ name }) => this.entryOf(name)?.canonicalName ?? name);
    const body = JSON.stringify({ context: Object.fromEntries(context), settings: [...new Set(settings)] });
    const answer = await this.send('/evaluate', { method: 'POST', body });
    const answers = answer.status === 200 ? membersOf(parseJsonOrNothing(answer.text))['settings'] : undefined;
    if (answers === undefined) throw unexpectedAnswer('asking for an evaluation', answer);
    return membersOf(answers);
  }

  private settle({ name, resolve, reject }: Question, answers: JsonMembers): void {
    const entry = this.entryOf(name);
    const {
      value,
      reason,
      rule_id: ruleId,
      rollout_id: rolloutId,
      variant,
    } = membersOf(answers[entry?.canonicalName ?? name] ?? answers[name]);
    const reading = value === undefined ? undefined : entry?.source.readValue(value);
    if (reading?.fits !== true || (reason !== 'RULE' && reason !== 'ROLLOUT' && reason !== 'DEFAULT')) {
      reject(unavailable(`the evaluation of ${quoted(name)} is missing, or does not fit the type that is declared`));
      return;
    }
    resolve({
      value: reading.value,
      reason,
      ...(typeof ruleId === 'number' && { ruleId }),
      ...(typeof rolloutId === 'number' && { rolloutId }),
      ...(typeof variant === 'string' && { variant }),
    });
  }
}

const MAX_SETTINGS = 100;

/**
 * Groups of questions that one context can answer: they say the same of each feature that they share. Those that fit into none
 * of so many groups are left out.
 */
export function groupQuestions(questions: readonly Question[], maxGroups: number): readonly (readonly Question[])[] {
  const groups: { context: Map<string, string | undefined>; questions: Question[] }[] = [];
  for (const question of questions) {
    const fitting = groups.find(
      (group) => group.questions.length < MAX_SETTINGS && agree(group.context, question.context),
    );
    if (fitting !== undefined) {
      fitting.questions.push(question);
      for (const [feature, value] of question.context) fitting.context.set(feature, value);
    } else if (groups.length < maxGroups) {
      groups.push({ context: new Map(question.context), questions: [question] });
    }
  }
  return groups.map((group) => group.questions);
}

function agree(one: ReadonlyMap<string, string | undefined>, other: ReadonlyMap<string, string | undefined>): boolean {
  for (const [feature, value] of other) if (one.has(feature) && one.get(feature) !== value) return false;
  return true;
}
