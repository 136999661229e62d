import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useRef } from 'react';
import { useMay } from '../api/who.js';
import { usePathPart } from './address.js';
import { Button } from './button.js';
import css from './confirm.module.css';
import { FormFields } from './form-fields.js';

type ConfirmProps = Readonly<{
  title: ReactNode;
  /** What will follow. */
  children?: ReactNode;
  /** The verb of the button, such as `Switch off now`. */
  action: string;
  isDanger?: boolean;
  isPending?: boolean;
  /** The button waits, as for an acknowledgement. */
  isBlocked?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** Absent where it cannot be part of a change set. */
  onAddToChangeSet?: (() => void) | undefined;
}>;

/** Asks once. The button that acts has the focus, Esc leaves. It is open as long as it is rendered. */
export function Confirm(props: ConfirmProps) {
  const { title, children, action, isDanger, isPending, isBlocked, onConfirm, onClose, onAddToChangeSet } = props;
  const maySave = useMaySave(onAddToChangeSet !== undefined);
  const acting = useRef<HTMLButtonElement>(null);
  const body = useRef<HTMLDivElement>(null);
  // Where something is asked first, that is where one begins.
  const first = () => (isBlocked === true ? body.current?.querySelector<HTMLElement>('input') : acting.current) ?? true;
  return (
    <AlertDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={css.backdrop} />
        <AlertDialog.Popup className={css.popup} initialFocus={first}>
          <AlertDialog.Title className={css.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div ref={body} />}>
            <FormFields isPending={isPending === true} className={css.body}>
              {children}
            </FormFields>
          </AlertDialog.Description>
          <footer className={css.footer}>
            <Button onClick={onClose}>Cancel</Button>
            {onAddToChangeSet !== undefined && (
              <Button disabled={isBlocked === true || isPending === true} onClick={onAddToChangeSet}>
                Add to change set
              </Button>
            )}
            {maySave && (
              <Button
                ref={acting}
                kind={isDanger === true ? 'danger' : 'primary'}
                isPending={isPending === true}
                disabled={isBlocked === true}
                onClick={onConfirm}
              >
                {action}
              </Button>
            )}
          </footer>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Whether one may do it at once. Whoever may only propose puts it into a change set, where it can be. */
export function useMaySave(isProposable: boolean): boolean {
  const may = useMay();
  const setting = usePathPart('name') || undefined;
  return !isProposable || may('write', setting);
}
