import { X } from 'lucide-react';
import { type ReactNode } from 'react';
import { cx } from './cx.js';
import css from './chip.module.css';

type ChipProps = Readonly<{
  kind?: 'plain' | 'accent' | 'good' | 'bad' | 'warn';
  isMono?: boolean;
  /** Makes it removable; the text is what the button is called. */
  onRemove?: () => void;
  removeLabel?: string;
  children: ReactNode;
}>;

/** A word in a box: a type, a version, a condition, a filter. */
export function Chip({ kind = 'plain', isMono = false, onRemove, removeLabel, children }: ChipProps) {
  return (
    <span className={cx(css['chip'], css[kind], isMono && css['mono'])}>
      {children}
      {onRemove !== undefined && (
        <button type="button" className={css.remove} onClick={onRemove} aria-label={removeLabel ?? 'Remove'}>
          <X aria-hidden />
        </button>
      )}
    </span>
  );
}
