import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { IconButton } from './button.js';
import { cx } from './cx.js';
import css from './toast-region.module.css';

export type Message = Readonly<{
  title: string;
  description?: ReactNode;
  kind?: 'done' | 'failed';
  /** A button in it; the toast closes before it acts. */
  action?: Readonly<{ label: string; act: () => void }>;
}>;

export type ToastRegionProps = Readonly<{
  /** Takes how messages are shown, and shows those that wait. */
  showBy: (show: (message: Message) => void) => void;
}>;

const manager = Toast.createToastManager();

/** Long enough to undo (ms). */
const STAYS_MS = 10_000;

function show({ title, description, kind = 'done', action }: Message): void {
  const id = manager.add({
    title,
    description,
    type: kind,
    timeout: kind === 'failed' ? 0 : STAYS_MS,
    priority: kind === 'failed' ? 'high' : 'low',
    ...(action !== undefined && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id);
          action.act();
        },
      },
    }),
  });
}

/** Where messages are shown. */
export function ToastRegion({ showBy }: ToastRegionProps) {
  useEffect(() => showBy(show), [showBy]);
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={css.viewport}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  return Toast.useToastManager().toasts.map((one) => (
    <Toast.Root key={one.id} toast={one} className={cx(css['toast'], one.type === 'failed' && css['failed'])}>
      <Toast.Content className={css.content}>
        <div>
          <Toast.Title className={css.title} render={<p />} />
          <Toast.Description className={css.description} />
        </div>
        <Toast.Action className={css.action} />
        <Toast.Close render={<IconButton label="Dismiss" />}>
          <X aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
