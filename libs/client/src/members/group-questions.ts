import { type SettingEvaluation } from '../reading.js';

/** Which value a setting has in a context, where a feature that counts and has no value is there as undefined. */
export type Question = Readonly<{
  name: string;
  context: ReadonlyMap<string, string | undefined>;
  resolve(answer: SettingEvaluation<unknown>): void;
  reject(error: unknown): void;
}>;

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
