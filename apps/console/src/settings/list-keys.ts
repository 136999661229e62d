import { useState } from 'react';
import { isSingleKey, useKeys } from '../ui/keys.js';

type Actions = Readonly<{
  /** Brings a row into sight. */
  show: (index: number) => void;
  open: (index: number) => void;
  tryContext: () => void;
}>;

/**
 * `/` goes to the filter, `j` and `k` to the next row and the one before, Enter opens it, `t` asks for a context.
 * @returns the row they are at; -1: none
 */
export function useListKeys(count: number, { show, open, tryContext }: Actions): number {
  const [current, setCurrent] = useState(-1);
  useKeys((event) => {
    if (!isSingleKey(event)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(count - 1, current + step));
      setCurrent(next);
      show(next);
    }
    if (event.key === '/') {
      event.preventDefault();
      document.querySelector<HTMLInputElement>('[data-filter]')?.focus();
    }
    if (event.key === 't') tryContext();
    const isFree = !(event.target instanceof HTMLElement && event.target.closest('a, button'));
    if (event.key === 'Enter' && current >= 0 && isFree) open(current);
  });
  return current;
}
