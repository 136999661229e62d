import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.js';
import css from './drawer.module.css';

type DrawerProps = Readonly<{
  title: ReactNode;
  /** Below the title. */
  description?: ReactNode;
  /** Called for Esc, the cross and a click beside it; the drawer stays where this does not take it away. */
  onClose: () => void;
  children: ReactNode;
  /** Buttons, always in sight. */
  footer?: ReactNode;
}>;

/** A panel at the right that keeps the focus; the whole page on narrow screens. It is open as long as it is rendered. */
export function Drawer({ title, description, onClose, children, footer }: DrawerProps) {
  const body = useRef<HTMLDivElement>(null);
  // Who opens a form wants its first field, not the cross.
  const first = () => body.current?.querySelector<HTMLElement>('input, textarea, select, button') ?? true;
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css.backdrop} />
        <Dialog.Popup className={css.drawer} initialFocus={first}>
          <header className={css.head}>
            <Dialog.Title className={css.title}>{title}</Dialog.Title>
            <Dialog.Close render={<IconButton label="Close" />}>
              <X aria-hidden />
            </Dialog.Close>
          </header>
          {description !== undefined && (
            <Dialog.Description className={css.description} render={<div />}>
              {description}
            </Dialog.Description>
          )}
          <div ref={body} className={css.body}>
            {children}
          </div>
          {footer !== undefined && <footer className={css.footer}>{footer}</footer>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
