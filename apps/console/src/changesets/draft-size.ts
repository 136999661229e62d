import { operationOf } from '../api/change-set-draft.js';

/** `3 changes in 2 settings` */
export function sizeOf(draft: readonly string[]): string {
  const settings = new Set(
    draft.map((text) => {
      const { setting, name } = operationOf(text) as { setting?: string; name?: string };
      return setting ?? name;
    }),
  );
  return `${draft.length} ${draft.length === 1 ? 'change' : 'changes'} in ${settings.size} ${settings.size === 1 ? 'setting' : 'settings'}`;
}
