import { useState } from 'react';
import { changeSetDraft, operationOf, setChangeSetDraft } from '../api/change-set-draft.js';
import { request } from '../api/client.js';
import { Consent } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';
import { movesBetween, operationsOf } from './order.js';

type ReviewOrderProps = Readonly<{
  stored: readonly string[];
  wanted: readonly string[];
  onDone: () => void;
  onClose: () => void;
}>;

/** What another order decides otherwise, before it does. All moves are one change. */
export function ReviewOrder({ stored, wanted, onDone, onClose }: ReviewOrderProps) {
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const moves = movesBetween(stored, wanted);
  const operations = operationsOf(stored, wanted);
  const send = (dry_run: boolean, signal?: AbortSignal) =>
    request('post', '/api/v1/changesets', { body: { operations, message: note, dry_run }, ...(signal && { signal }) });
  const text = moves
    .map(({ name, after }) => `${name} ${after === undefined ? 'first' : `behind ${after}`}`)
    .join(', ');
  const save = async () => {
    if ((await write.run(() => send(false), { title: `Moved ${text}` })) !== undefined) onDone();
  };
  return (
    <Consent
      title={`Move ${text}?`}
      level="type"
      acknowledgement="I have read which settings change their winner"
      name={moves[0]?.name ?? ''}
      action="Move"
      isPending={write.isPending}
      isBlocked={lacksNote}
      onConfirm={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        // They lead from the order that is stored: those put aside before would lead elsewhere.
        setChangeSetDraft(changeSetDraft().filter((text) => operationOf(text).op !== operations[0]?.op));
        putAside(...operations);
        onDone();
      }}
    >
      <p>
        The order will be <b>{wanted.join(', ')}</b>, the last the most specific. Where the service is started with an
        order of its own (HEKSHER_STARTUP_CONTEXT_FEATURES), change it there too, or the next start stops.
      </p>
      <DryRun of={`order ${wanted.join(',')}`} send={(signal) => send(true, signal)} isOneSetting={false} />
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error} pointers={[]} />
    </Consent>
  );
}
