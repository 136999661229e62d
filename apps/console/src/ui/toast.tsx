import { type ComponentType, useEffect, useState } from 'react';
import { type Message, type ToastRegionProps } from './toast-region.js';

const waiting: Message[] = [];
let show = (message: Message): void => void waiting.push(message);

/** Says what was done, in a corner, politely; with `Undo` where that can be. What failed stays until it is closed. */
export function toast(message: Message): void {
  show(message);
}

/** Who shows messages from now on, and those that wait. */
function showBy(other: typeof show): void {
  show = other;
  waiting.splice(0).forEach(show);
}

const FIRST_ACTS = ['pointerdown', 'keydown', 'click'] as const;

/** Where messages are shown. Nothing is said before somebody does something, so its code is loaded then; where that fails, at what is done next. */
export function Toasts() {
  const [Region, setRegion] = useState<ComponentType<ToastRegionProps>>();
  useEffect(() => {
    if (Region !== undefined) return undefined;
    const load = (): void =>
      void import('./toast-region.js').then(
        ({ ToastRegion }) => setRegion(() => ToastRegion),
        () => undefined,
      );
    for (const act of FIRST_ACTS) addEventListener(act, load);
    return () => FIRST_ACTS.forEach((act) => removeEventListener(act, load));
  }, [Region]);
  return Region !== undefined && <Region showBy={showBy} />;
}
