import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { useSetSearch } from '../ui/address.js';
import { Affected, type AffectedView } from '../ui/affected.js';
import { Button } from '../ui/button.js';
import { Drawer } from '../ui/drawer.js';
import { Failure } from '../ui/failure.js';
import { FormSummary } from '../ui/field.js';
import { FormFields } from '../ui/form-fields.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { Skeleton } from '../ui/skeleton.js';
import { useWrite } from '../ui/use-write.js';
import css from './history.module.css';
import { choiceOf, conflictsWith, RevertConflicts, type RevertConflict } from './revert-conflicts.js';

type RevertDrawerProps = Readonly<{ seq: number }>;

/** Takes a transaction back, after it was seen what that would do now; it makes a new one. `?revert=` opens it on any page. */
export function RevertDrawer({ seq }: RevertDrawerProps) {
  const setSearch = useSetSearch();
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const close = (): void => setSearch({ revert: undefined }, true);
  // What it would do is not asked again once it is done.
  const [isSent, setSent] = useState(false);
  const [conflicts, setConflicts] = useState<readonly RevertConflict[]>([]);
  const isOpen = conflicts.some(({ choice }) => choice === undefined);
  const choices = isOpen ? [] : conflicts.map(choiceOf);
  const preview = useQuery({
    queryKey: [...keys.history, 'revert', seq, choices],
    queryFn: async ({ signal }) =>
      (await asking(sendRevert(seq, { dry_run: true, ...chosen(choices) }, signal))).data as unknown as Readonly<{
        affected: AffectedView;
      }>,
    enabled: !isSent && !isOpen,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const { isPending, error, run } = useWrite();
  /** What was changed since is asked about, and once more where it was changed again. */
  async function asking<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (refused) {
      if (isApiError(refused, 409)) setConflicts((known) => conflictsWith(known, refused.problem.errors));
      throw refused;
    }
  }
  const save = async (): Promise<void> => {
    const message = note.trim() === '' ? undefined : note.trim();
    setSent(true);
    const answer = await run(() => asking(sendRevert(seq, { message, ...chosen(choices) })), {
      title: `Change ${seq} was taken back`,
    });
    if (answer === undefined) setSent(false);
    else close();
  };
  const refused = [error, preview.error].find((one) => isApiError(one, 409));
  // What is asked about below needs no words of its own.
  const isOther = isApiError(refused) && conflictsWith([], refused.problem.errors).length === 0;
  return (
    <Drawer
      title={`Take back change ${seq}`}
      description="What it changed becomes again what it was before. This is a change of its own, which can be taken back too."
      onClose={close}
      footer={
        <>
          <Button
            kind="primary"
            disabled={preview.data === undefined || isOpen || lacksNote}
            isPending={isPending}
            onClick={() => void save()}
          >
            Take it back
          </Button>
          <Button onClick={close}>Cancel</Button>
        </>
      }
    >
      {conflicts.length > 0 && (
        <FormFields isPending={isPending}>
          <RevertConflicts conflicts={conflicts} onChoose={setConflicts} />
        </FormFields>
      )}
      {isOther && !isOpen && (
        <section className={css['conflicts']} role="alert">
          <h3>It cannot be taken back so</h3>
          <p>{refused.message}</p>
        </section>
      )}
      {preview.error !== null && !isApiError(preview.error, 409) && (
        <Failure error={preview.error} retry={() => void preview.refetch()} />
      )}
      {preview.isFetching && <Skeleton rows={4} />}
      {preview.data !== undefined && !isOpen && (
        <>
          <section className={css['part']}>
            <h3>What this does</h3>
            <Affected affected={preview.data.affected} />
          </section>
          <FormFields isPending={isPending}>
            <NoteField value={note} onChange={setNote} />
          </FormFields>
          <FormSummary error={isApiError(error, 409) ? undefined : error} pointers={[]} />
        </>
      )}
    </Drawer>
  );
}

type Choice = ReturnType<typeof choiceOf>;

function chosen(choices: readonly Choice[]) {
  return choices.length === 0 ? {} : { conflicts: choices };
}

function sendRevert(
  seq: number,
  body: Readonly<{ dry_run?: boolean; message?: string | undefined; conflicts?: readonly Choice[] }>,
  signal?: AbortSignal,
) {
  const path = { seq: String(seq) };
  return request('post', '/api/v1/history/{seq}/revert', { path, body, ...(signal !== undefined && { signal }) });
}
