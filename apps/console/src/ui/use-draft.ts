import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Typing rests after this. */
const REST_MS = 150;

/**
 * What is being typed, ahead of where it is kept: it is told when typing rests, and what is kept is taken over where it comes from
 * elsewhere, as from a link; not where it is only what was told before, come back late.
 */
export function useDraft<T>(
  kept: T,
  keyOf: (value: T) => string,
  tell: (value: T) => void,
): readonly [T, (next: T) => void] {
  const [draft, setDraft] = useState(kept);
  const told = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const key = keyOf(kept);
  const latest = useRef({ kept, tell, keyOf });
  useLayoutEffect(() => {
    latest.current = { kept, tell, keyOf };
  });
  useLayoutEffect(() => {
    const at = told.current.indexOf(key);
    told.current.splice(0, at + 1);
    if (at !== -1) return;
    clearTimeout(timer.current);
    setDraft(latest.current.kept);
  }, [key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = useCallback((next: T) => {
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { kept, tell, keyOf } = latest.current;
      if (keyOf(next) === keyOf(kept)) return;
      told.current.push(keyOf(next));
      tell(next);
    }, REST_MS);
  }, []);
  return [draft, change];
}
