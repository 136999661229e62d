import { useLayoutEffect, useRef } from 'react';
import { cx } from './cx.js';
import css from './drawer.module.css';
import { Skeleton } from './skeleton.js';

/**
 * Stands for a drawer whose code is still loaded, by the browser's own dialog: whoever types meanwhile does not type into the page behind it, and whoever
 * opened it gets the focus back.
 */
export function OpeningDrawer({ title, onClose }: Readonly<{ title: string; onClose: () => void }>) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} className={cx(css.drawer, css['opening'])} aria-label={title} onCancel={onClose}>
      <header className={css.head}>
        <h2 className={css.title}>{title}</h2>
      </header>
      <div className={css.body}>
        <Skeleton rows={5} />
      </div>
    </dialog>
  );
}
