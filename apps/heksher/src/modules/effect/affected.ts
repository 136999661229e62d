import { type InSteps, type JsonText } from '@heksher/core';
import { type Draft, effectOf, type EffectOptions, nextOf, provisionalIds } from '@heksher/ruleset';
import { effectAnswer } from './effect-answer.js';

/** What a draft would decide otherwise, as clients read it. */
export function* affectedOf(draft: Draft, options: Omit<EffectOptions, 'settings'>): InSteps<JsonText> {
  const { base } = draft;
  const after = yield* nextOf(draft, base.revision, provisionalIds(base));
  const isReordered = [...base.features].join() !== draft.features.join();
  const touched = draft.changed.flatMap((setting) => [
    setting.name,
    ...(setting.base === undefined ? [] : [setting.base.name]),
  ]);
  const settings = isReordered
    ? new Set([...base.settings.keys(), ...after.settings.keys()])
    : [...touched, ...draft.deleted];
  return yield* effectAnswer(yield* effectOf(base, after, { ...options, settings }));
}
