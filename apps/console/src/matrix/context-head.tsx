import { X } from 'lucide-react';
import { type ContextValues } from '../api/context-text.js';
import { IconButton } from '../ui/button.js';
import css from './context-head.module.css';
import { SavedContexts } from './saved-contexts-button.js';
import { LETTERS } from './try-context.js';

type ContextHeadProps = Readonly<{
  index: number;
  context: ContextValues;
  onChoose: (context: ContextValues) => void;
  /** Where it is compared with others. */
  onRemove?: (() => void) | undefined;
}>;

/** Above a context: its letter where it is one of several, contexts that were saved, and a way to leave it out. */
export function ContextHead({ index, context, onChoose, onRemove }: ContextHeadProps) {
  return (
    <header className={css['head']}>
      <b>{onRemove && LETTERS[index]}</b>
      <span className={css['tools']}>
        <SavedContexts context={context} onChoose={onChoose} />
        {onRemove && (
          <IconButton label={`Remove ${LETTERS[index]}`} onClick={onRemove}>
            <X aria-hidden />
          </IconButton>
        )}
      </span>
    </header>
  );
}
