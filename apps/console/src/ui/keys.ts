import { useEffect, useRef } from 'react';
import { currentLook } from './look.js';

const FIELDS =
  'input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog], [role=listbox]';

/** Whether a key alone is meant as a command: not where something is typed or chosen, and not where such keys are switched off. */
export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || currentLook().singleKeys === 'off') return false;
  return !(event.target instanceof HTMLElement && event.target.closest(FIELDS) !== null);
}

/** Calls `act` for keys of the page as long as the component is there. */
export function useKeys(act: (event: KeyboardEvent) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => latest.current(event);
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
