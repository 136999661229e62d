import { useCallback, useState } from 'react';

/**
 * State that outlives a reload and a sign-in, in this tab alone, while it differs from what it began with. It must be plain data.
 * @returns the state, how it is set (undefined forgets it), and whether it is one that was kept
 */
export function useKept<T>(key: string, initial: T): readonly [T, (next: T | undefined) => void, boolean] {
  const name = `heksher-draft:${key}`;
  const [kept, setKept] = useState(() => read<T>(name));
  const [state, setState] = useState(kept ?? initial);
  const set = useCallback(
    (next: T | undefined) => {
      setState(next ?? initial);
      if (next === undefined) {
        sessionStorage.removeItem(name);
        setKept(undefined);
      } else sessionStorage.setItem(name, JSON.stringify(next));
    },
    [initial, name],
  );
  return [state, set, kept !== undefined];
}

function read<T>(name: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? '') as T;
  } catch {
    return undefined;
  }
}

/** What a kept form began with, beside it: else what others changed meanwhile would look like its own. It must be plain data. */
export function keepBeginning(key: string, beginning: unknown): void {
  sessionStorage.setItem(`heksher-draft:${key}:begin`, JSON.stringify(beginning));
}

export function keptBeginning<T>(key: string): T | undefined {
  return read<T>(`heksher-draft:${key}:begin`);
}
