import { useState } from 'react';
import { request } from '../api/client.js';
import { Consent } from '../ui/consent.js';
import { useDryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';

type DeleteFeatureProps = Readonly<{ name: string; etag: string | undefined; onClose: () => void }>;

/** Only where no setting is configurable by it; else the service says which stand against it. */
export function DeleteFeature({ name, etag, onClose }: DeleteFeatureProps) {
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('delete', '/api/v1/context_features/{name}', {
      path: { name },
      query,
      message: note,
      ifMatch: query.dry_run === true ? undefined : etag,
      ...(signal && { signal }),
    });
  const tried = useDryRun(`delete feature ${name}`, (signal) => send({ dry_run: true }, signal));
  const save = async () => {
    if ((await write.run(() => send({}), { title: `Deleted ${name}` })) !== undefined) onClose();
  };
  return (
    <Consent
      title={`Delete the context feature ${name}?`}
      level="type"
      acknowledgement="I have read what follows"
      name={name}
      action="Delete"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote || tried.refused !== undefined || tried.isFetching}
      onConfirm={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        putAside({ op: 'delete_context_feature', name });
        onClose();
      }}
    >
      {tried.error === undefined ? (
        <p>No setting is configurable by it: nobody sees another value.</p>
      ) : (
        <FormSummary error={tried.error} pointers={[]} />
      )}
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error} pointers={[]} />
    </Consent>
  );
}
