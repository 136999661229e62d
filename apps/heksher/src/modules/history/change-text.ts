import { type MemberCounts, rawJson, type ResourceChange, type Writable } from '@heksher/core';
import { writeJson } from '@heksher/core';

/** A change as the API shows it. */
export function changeAnswer(change: ResourceChange): Writable {
  const { kind, op, old, new: now } = change;
  const images = { old: old === null ? null : rawJson(old), new: now === null ? null : rawJson(now) };
  switch (change.kind) {
    case 'context_features':
      return { kind, op, ...images };
    case 'setting':
      return { kind, op, setting: change.setting, ...images };
    case 'rule':
      return {
        kind,
        op,
        setting: change.setting,
        rule_id: change.rule_id,
        feature_values: change.conditions,
        ...images,
      };
    case 'rollout': {
      const { setting, rollout_id, feature, conditions, members } = change;
      const head = { kind, op, setting, rollout_id, feature, feature_values: new Map(conditions) };
      return { ...head, members: hasAny(members) ? members : undefined, ...images };
    }
  }
}

function hasAny({ added, removed }: MemberCounts): boolean {
  return added + removed > 0;
}

/** More text than this is not listed. */
const MOST_TEXT = 2_000_000;

/** Texts of changes as long as there is room; at least one. */
export class ChangeList {
  readonly texts: string[] = [];

  /** @param room how much text, in UTF-16 units */
  constructor(private room = MOST_TEXT) {}

  /** @returns false where there is no room */
  add(change: ResourceChange): boolean {
    if (this.room <= 0) return false;
    const text = writeJson(changeAnswer(change));
    this.room -= text.length;
    this.texts.push(text);
    return true;
  }
}
