import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { Consent } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { putAside } from '../ui/put-aside.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { useWrite } from '../ui/use-write.js';
import { keyOf, readRollout } from './stored-rollout.js';

type DeleteRolloutProps = Readonly<{ setting: SettingView; id: number; onClose: () => void }>;

/** Shows who would see another value without the rollout, and deletes it as it was seen. */
export function DeleteRollout({ setting, id, onClose }: DeleteRolloutProps) {
  const client = useQueryClient();
  const reading = queryOptions({
    queryKey: ['rollout-begin', id],
    queryFn: () => readRollout(client, id),
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  const { data, error } = useQuery(reading);
  const line = setting.lines.find((one) => one.kind === 'rollout' && one.rollout_id === id);
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const members = data?.data.member_count ?? (line?.kind === 'rollout' ? line.member_count : 0);
  const send = (query: { dry_run?: boolean }, ifMatch?: string, signal?: AbortSignal) =>
    request('delete', '/api/v1/rollouts/{id}', {
      path: { id: id },
      query,
      message: note,
      ifMatch,
      ...(signal && { signal }),
    });
  const remove = async () => {
    // Whoever is quicker than the reading of its tag waits for it.
    const sent = () => client.ensureQueryData(reading).then(({ etag }) => send({}, etag));
    if ((await write.run(sent, { title: `Deleted rollout ${id}` })) !== undefined) onClose();
  };
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
      onAddToChangeSet={
        data &&
        (() => {
          putAside({ op: 'delete_rollout', ...keyOf(setting.name, data.data) });
          onClose();
        })
      }
    >
      <DryRun of={`delete rollout ${id}`} send={(signal) => send({ dry_run: true }, undefined, signal)} />
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error ?? (isApiError(error) ? error : undefined)} pointers={[]} />
    </Consent>
  );
}
