import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useLayoutEffect, useRef } from 'react';
import { bandPlace } from './band-place.js';
import { IconButton } from './button.js';
import css from './drawer.module.css';
import { Skeleton } from './skeleton.js';

type Frame = Readonly<{ popup: RefObject<HTMLDivElement | null>; leave: RefObject<() => void> }>;
const FrameContext = createContext<Frame | undefined>(undefined);

/**
 * The panel itself, which a `Drawer` inside fills. Where what is edited must be read first, it is open before that: it keeps the focus, and nothing
 * behind it takes what is typed meanwhile.
 */
export function DrawerFrame({ onClose, children }: Readonly<{ onClose: () => void; children: ReactNode }>) {
  const popup = useRef<HTMLDivElement>(null);
  const leave = useRef(onClose);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && leave.current()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css.backdrop} />
        <Dialog.Popup
          ref={popup}
          className={css.drawer}
          initialFocus={() => beginningIn(popup.current) ?? popup.current}
        >
          <FrameContext value={{ popup, leave }}>{children}</FrameContext>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Who opens a form wants its first field, not the cross. */
function beginningIn(popup: HTMLElement | null): HTMLElement | null {
  return popup?.querySelector<HTMLElement>(`.${css.body} :is(input, textarea, select, button)`) ?? null;
}

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
export function Drawer(props: DrawerProps) {
  const frame = useContext(FrameContext);
  if (frame !== undefined) return <Content {...props} frame={frame} />;
  return (
    <DrawerFrame onClose={props.onClose}>
      <Drawer {...props} />
    </DrawerFrame>
  );
}

/** A drawer whose content is being read. */
export function DrawerSkeleton({ title, onClose }: Readonly<{ title: string; onClose: () => void }>) {
  return (
    <Drawer title={title} onClose={onClose}>
      <Skeleton rows={5} />
    </Drawer>
  );
}

function Content({ frame, title, description, onClose, children, footer }: DrawerProps & Readonly<{ frame: Frame }>) {
  const { popup, leave } = frame;
  useLayoutEffect(() => {
    leave.current = onClose;
  });
  // What comes later than its frame is begun with too, unless somebody is somewhere in it already.
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === popup.current || activeElement === document.body) beginningIn(popup.current)?.focus();
  }, [popup]);
  return (
    <>
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
      <div ref={bandPlace} className={css.bands} />
      <div className={css.body}>{children}</div>
      {footer !== undefined && <footer className={css.footer}>{footer}</footer>}
    </>
  );
}
