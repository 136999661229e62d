import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { useSetSearch } from '../ui/address.js';
import { Affected, type AffectedView } from '../ui/affected.js';
import { Button } from '../ui/button.js';
import { Drawer } from '../ui/drawer.js';
import { Failure } from '../ui/failure.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { Skeleton } from '../ui/skeleton.js';
import { Time } from '../ui/time.js';
import { useWrite } from '../ui/use-write.js';
import css from './history.module.css';

type RevertDrawerProps = Readonly<{ seq: number }>;

/** Takes a transaction back, after it was seen what that would do now; it makes a new one. `?revert=` opens it on any page. */
export function RevertDrawer({ seq }: RevertDrawerProps) {
  const setSearch = useSetSearch();
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const close = (): void => setSearch({ revert: undefined }, true);
  // What it would do is not asked again once it is done.
  const [isSent, setSent] = useState(false);
  const preview = useQuery({
    queryKey: [...keys.history, 'revert', seq],
    queryFn: async ({ signal }) =>
      (await sendRevert(seq, { dry_run: true }, signal)).data as unknown as Readonly<{ affected: AffectedView }>,
    enabled: !isSent,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const { isPending, error, run } = useWrite();
  const save = async (): Promise<void> => {
    const message = note.trim() === '' ? undefined : note.trim();
    setSent(true);
    const answer = await run(() => sendRevert(seq, { message }), { title: `Change ${seq} was taken back` });
    if (answer === undefined) setSent(false);
    else close();
  };
  const conflict = [preview.error, error].find((refused) => isApiError(refused, 409));
  return (
    <Drawer
      title={`Take back change ${seq}`}
      description="What it changed becomes again what it was before. This is a change of its own, which can be taken back too."
      onClose={close}
      footer={
        <>
          <Button
            kind="primary"
            disabled={preview.data === undefined || conflict !== undefined || lacksNote}
            isPending={isPending}
            onClick={() => void save()}
          >
            Take it back
          </Button>
          <Button onClick={close}>Cancel</Button>
        </>
      }
    >
      {isApiError(conflict) && <Conflicts error={conflict} />}
      {preview.error !== null && conflict === undefined && (
        <Failure error={preview.error} retry={() => void preview.refetch()} />
      )}
      {preview.isPending && <Skeleton rows={4} />}
      {preview.data !== undefined && conflict === undefined && (
        <>
          <section className={css['part']}>
            <h3>What this does</h3>
            <Affected affected={preview.data.affected} />
          </section>
          <NoteField value={note} onChange={setNote} />
          <FormSummary error={error} pointers={[]} />
        </>
      )}
    </Drawer>
  );
}

function sendRevert(
  seq: number,
  body: Readonly<{ dry_run?: boolean; message?: string | undefined }>,
  signal?: AbortSignal,
) {
  const path = { seq: String(seq) };
  return request('post', '/api/v1/history/{seq}/revert', { path, body, ...(signal !== undefined && { signal }) });
}

/** What of it was changed since, by whom: to take that back first, or to leave it. */
function Conflicts({ error }: Readonly<{ error: ApiError }>) {
  const { errors } = error.problem;
  return (
    <section className={css['conflicts']} role="alert">
      <h3>It cannot be taken back as it is</h3>
      <ul>
        {errors.length === 0 && <li>{error.message}</li>}
        {errors.map(({ message, seq, at, actor }, index) => (
          <li key={index}>
            {message}
            {typeof seq === 'number' && (
              <>
                {' · '}
                <Link to="/changes/$seq" params={{ seq: String(seq) }}>
                  change {seq}
                  {typeof actor === 'string' && ` of ${actor}`}
                </Link>
                {typeof at === 'string' && (
                  <>
                    , <Time at={at} />
                  </>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
      <p>Take back what came after it first, or change the line by hand.</p>
    </section>
  );
}
