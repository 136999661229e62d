import { cloneElement, type ComponentType, lazy, type ReactElement, Suspense, useState } from 'react';
import { type MenuEntry, type MenuProps } from './menu-popup.js';
import { type PopoverProps } from './popover-card.js';

export { type MenuEntry };

/** A menu below its button. */
export const Menu = lazyPopup<MenuProps>('menu', async () => (await import('./menu-popup.js')).MenuPopup);

/** A card below its button. */
export const Popover = lazyPopup<PopoverProps>('dialog', async () => (await import('./popover-card.js')).PopoverCard);

type TriggerProps = Readonly<{
  'aria-haspopup': 'menu' | 'dialog';
  'aria-expanded': boolean;
  onPointerEnter: () => void;
  onFocus: () => void;
  onClick: () => void;
}>;

/** What opens below its button. Where it is put, and its keys, are code that is loaded when somebody comes near. */
function lazyPopup<Props extends Readonly<{ trigger: ReactElement }>>(
  kind: 'menu' | 'dialog',
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Popup = lazy(async () => ({ default: (await load()) as ComponentType<object> }));
  return function LazyPopup(props: Props) {
    const [isWanted, setWanted] = useState(false);
    const prepare = (): void => void load();
    const trigger = cloneElement(props.trigger as ReactElement<TriggerProps>, {
      'aria-haspopup': kind,
      'aria-expanded': false,
      onPointerEnter: prepare,
      onFocus: prepare,
      // After the click, or the popup takes it for one outside, since this trigger gives way to another.
      onClick: () => void setTimeout(() => setWanted(true)),
    });
    if (!isWanted) return trigger;
    return (
      <Suspense fallback={trigger}>
        <Popup {...props} />
      </Suspense>
    );
  };
}
