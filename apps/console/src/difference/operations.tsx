import { Trash2 } from 'lucide-react';
import { type Operation } from '../api/change-set-draft.js';
import { IconButton } from '../ui/button.js';
import { DifferenceRows } from './difference.js';
import css from './operations.module.css';
import { rowsOfOperation } from './operation-rows.js';

type OperationsProps = Readonly<{
  operations: readonly Operation[];
  /** What stands against one of them, by its place. */
  problems?: ReadonlyMap<number, readonly string[]>;
  onRemove?: (place: number) => void;
}>;

/** The operations of a change set as lines, each with what stands against it. */
export function Operations({ operations, problems, onRemove }: OperationsProps) {
  return (
    <ol className={css['operations']}>
      {operations.map((operation, place) => (
        <li key={place} className={css['operation']}>
          <div className={css['lines']}>
            <DifferenceRows rows={rowsOfOperation(operation)} isOfSetting={false} label={`Operation ${place + 1}`} />
            {problems?.get(place)?.map((message) => (
              <p key={message} className={css['problem']}>
                {message}
              </p>
            ))}
          </div>
          {onRemove !== undefined && (
            <IconButton label={`Leave operation ${place + 1} out`} onClick={() => onRemove(place)}>
              <Trash2 aria-hidden />
            </IconButton>
          )}
        </li>
      ))}
    </ol>
  );
}
