import { type ComponentType, createContext, useContext } from 'react';
import { type Line, type SettingView } from '../api/queries.js';

/**
 * What one feature shows inside the screens of another, which must not import it. src/slots.tsx fills them; what is not filled is not shown.
 */
export type Slots = Readonly<{
  /** Buttons at the end of a line of the matrix. */
  lineActions: ComponentType<Readonly<{ setting: SettingView; line: Line }>>;
  /** In the head of a setting: `Add`. */
  settingActions: ComponentType<Readonly<{ setting: SettingView }>>;
  /** Beside the matrix: the drawers that `?edit=` opens, by the keys of lines too (`matrix/line-requests.ts`). */
  settingDrawers: ComponentType<Readonly<{ setting: SettingView; etag: string | undefined }>>;
  /** In the head of the list of settings: `Declare a setting`. */
  listActions: ComponentType;
  /** In the head of the list of rollouts, and on each row. */
  rolloutActions: ComponentType<Readonly<{ id: number; setting: string }>>;
  /** In the header: who asks, sign in and out. */
  who: ComponentType;
  /** Across all pages, below the shell's own: the past, the tray of a change set. */
  bands: ComponentType;
}>;

export const SlotsContext = createContext<Partial<Slots>>({});

/** The component of a slot; undefined where nothing fills it. */
export function useSlot<Name extends keyof Slots>(name: Name): Slots[Name] | undefined {
  return useContext(SlotsContext)[name];
}
