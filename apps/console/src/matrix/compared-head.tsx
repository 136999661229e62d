import { X } from 'lucide-react';
import { IconButton } from '../ui/button.js';
import css from './compared-head.module.css';
import { LETTERS } from './try-context.js';

/** Above one of the contexts that are compared: its letter, and a way to leave it out. */
export function ComparedHead({ index, onRemove }: Readonly<{ index: number; onRemove: () => void }>) {
  return (
    <header className={css['head']}>
      <b>{LETTERS[index]}</b>
      <IconButton label={`Remove ${LETTERS[index]}`} onClick={onRemove}>
        <X aria-hidden />
      </IconButton>
    </header>
  );
}
