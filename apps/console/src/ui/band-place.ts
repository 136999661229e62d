import { useSyncExternalStore } from 'react';

let places: readonly HTMLElement[] = [];
const listeners = new Set<() => void>();

function tell(next: readonly HTMLElement[]): void {
  places = next;
  for (const listener of listeners) listener();
}

/** A `ref` of where bands go as long as it is there: what is behind a drawer can be neither seen well nor pressed. */
export function bandPlace(element: HTMLElement | null): (() => void) | undefined {
  if (element === null) return undefined;
  tell([...places, element]);
  return () => tell(places.filter((one) => one !== element));
}

/** Where a band is shown that must be in reach; undefined: across the page, where nothing is open above it. */
export function useBandPlace(): HTMLElement | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => places.at(-1),
  );
}
