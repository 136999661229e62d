import { Popover as Base } from '@base-ui/react/popover';
import { type ReactElement, type ReactNode, useState } from 'react';
import css from './popover-card.module.css';

export type PopoverProps = Readonly<{
  /** The button that opens it. */
  trigger: ReactElement;
  title: string;
  children: (close: () => void) => ReactNode;
}>;

/** Open when it is rendered first. */
export function PopoverCard({ trigger, title, children }: PopoverProps) {
  const [isOpen, open] = useState(true);
  return (
    <Base.Root open={isOpen} onOpenChange={open}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className={css.positioner}>
          <Base.Popup className={css.card}>
            <Base.Title className={css.title}>{title}</Base.Title>
            {children(() => open(false))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
