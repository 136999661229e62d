import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type ApiError } from '../api/api-error.js';
import { Button } from './button.js';
import { Confirm, useMaySave } from './confirm.js';
import { Drawer } from './drawer.js';
import css from './edit-drawer.module.css';
import { FormError, FormSummary } from './field.js';
import { FormFields } from './form-fields.js';

type EditDrawerProps = Readonly<{
  title: ReactNode;
  description?: ReactNode;
  /** What the service refused, and the members whose errors fields show. */
  error: ApiError | undefined;
  pointers: readonly string[];
  /** The verb of the button, such as `Save`. */
  action: string;
  isPending: boolean;
  /** Why it cannot be saved yet, in words. */
  blocked: string | undefined;
  /** Whether leaving is asked about. */
  isChanged: boolean;
  onSave: () => void;
  onClose: () => void;
  /** Absent where it cannot be part of a change set. */
  onAddToChangeSet?: (() => void) | undefined;
  /** It was begun before, in this tab. */
  isKept?: boolean;
  onStartOver?: () => void;
  children: ReactNode;
}>;

/** A drawer with a form that saves by its button alone. Leaving with changes asks once; they are kept in this tab. */
export function EditDrawer(props: EditDrawerProps) {
  const { title, description, error, pointers, action, isPending, blocked, isChanged, children } = props;
  const { onSave, onClose, onAddToChangeSet, isKept, onStartOver } = props;
  const [isLeaving, setLeaving] = useState(false);
  const id = useId();
  const maySave = useMaySave(onAddToChangeSet !== undefined);
  const leave = () => (isChanged ? setLeaving(true) : onClose());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (blocked === undefined && !isPending && maySave) onSave();
  };
  return (
    <FormError value={error}>
      <Drawer
        title={title}
        description={description}
        onClose={leave}
        footer={
          <>
            {blocked !== undefined && <p className={css['blocked']}>{blocked}</p>}
            <span className={css['buttons']}>
              <Button onClick={leave}>Cancel</Button>
              {onAddToChangeSet !== undefined && (
                <Button disabled={blocked !== undefined || isPending} onClick={onAddToChangeSet}>
                  Add to change set
                </Button>
              )}
              {maySave && (
                <Button type="submit" form={id} kind="primary" isPending={isPending} disabled={blocked !== undefined}>
                  {action}
                </Button>
              )}
            </span>
          </>
        }
      >
        {isKept === true && isChanged && onStartOver !== undefined && (
          <p className={css['kept']}>
            You began this before.
            <Button size="small" kind="quiet" disabled={isPending} onClick={onStartOver}>
              Start over
            </Button>
          </p>
        )}
        <form id={id} onSubmit={submit} noValidate>
          <FormFields isPending={isPending} className={css['form']}>
            {children}
            <FormSummary error={error} pointers={pointers} />
          </FormFields>
        </form>
      </Drawer>
      {isLeaving && (
        <Confirm title="Leave without saving?" action="Leave" onConfirm={onClose} onClose={() => setLeaving(false)}>
          <p>What you typed is kept in this tab until you save it or start over.</p>
        </Confirm>
      )}
    </FormError>
  );
}
