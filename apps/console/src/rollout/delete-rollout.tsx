import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.js';
import { Consent } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { useWrite } from '../ui/use-write.js';
import { readRollout } from './stored-rollout.js';

/** Shows who would see another value without the rollout, and deletes it as it was seen. */
export function DeleteRollout({ id, onClose }: Readonly<{ id: number; onClose: () => void }>) {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['rollout-begin', id], queryFn: () => readRollout(client, id), gcTime: 0 });
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const members = data?.data.member_count ?? 0;
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('delete', '/api/v1/rollouts/{id}', {
      path: { id: id },
      query,
      message: note,
      ifMatch: query.dry_run === true ? undefined : data?.etag,
      ...(signal && { signal }),
    });
  const remove = async () => {
    if ((await write.run(() => send({}), { title: `Deleted rollout ${id}` })) !== undefined) onClose();
  };
  if (data === undefined) return null;
  return (
    <Consent
      title={`Delete rollout ${id}?`}
      level="acknowledge"
      acknowledgement={members > 0 ? `Its ${members.toLocaleString('en')} members go with it` : 'Who is in, drops out'}
      name={`rollout ${id}`}
      action="Delete"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <DryRun of={`delete rollout ${id}`} send={(signal) => send({ dry_run: true }, signal)} />
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error} pointers={[]} />
    </Consent>
  );
}
