import { useSyncExternalStore } from 'react';
import { type LiveState } from './follow.js';

/** Undefined: not followed (yet), or not while the page is hidden. */
let state: LiveState | undefined;
const listeners = new Set<() => void>();

export function setLiveState(next: LiveState | undefined): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

export function useLiveState(): LiveState | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
