import { type ReactNode } from 'react';
import { cx } from './cx.js';
import css from './band.module.css';

type BandProps = Readonly<{ kind: 'note' | 'warn' | 'bad'; icon?: ReactNode; children: ReactNode; action?: ReactNode }>;

/** One line across the page that says what holds of all of it. */
export function Band({ kind, icon, children, action }: BandProps) {
  return (
    <div role="status" className={cx(css['band'], css[kind])}>
      {icon}
      <span className={css.text}>{children}</span>
      {action}
    </div>
  );
}
