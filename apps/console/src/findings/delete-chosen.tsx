import { type Writable } from '@heksher/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { Button } from '../ui/button.js';
import { FormSummary } from '../ui/field.js';
import { putAside } from '../ui/put-aside.js';
import { deletionOf } from './deletable.js';
import css from './findings.module.css';

type DeleteChosenProps = Readonly<{ chosen: ReadonlySet<string>; onDone: () => void }>;

/** So many are asked for at a time. */
const AT_ONCE = 8;

/** Puts the deletion of lines into one change set, which shows what that would change: two that each need the other do nothing alone. */
export function DeleteChosen({ chosen, onDone }: DeleteChosenProps) {
  const navigate = useNavigate();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ApiError>();
  if (chosen.size === 0) return null;
  const collect = async () => {
    setPending(true);
    setError(undefined);
    try {
      const lines = [...chosen];
      const operations: Writable[] = [];
      for (let at = 0; at < lines.length; at += AT_ONCE)
        operations.push(...(await Promise.all(lines.slice(at, at + AT_ONCE).map(deletionOf))));
      putAside(...operations);
      onDone();
      await navigate({ to: '/change-sets/new' });
    } catch (refused) {
      if (!isApiError(refused)) throw refused;
      setError(refused);
    } finally {
      setPending(false);
    }
  };
  const many = chosen.size === 1 ? 'the line' : `${chosen.size.toLocaleString('en')} lines`;
  return (
    <div className={css['bar']} role="region" aria-label="Chosen lines">
      <Button kind="danger" isPending={isPending} onClick={() => void collect()}>
        Add to change set: delete {many}
      </Button>
      <Button onClick={onDone}>Choose none</Button>
      <FormSummary error={error} pointers={[]} />
    </div>
  );
}
