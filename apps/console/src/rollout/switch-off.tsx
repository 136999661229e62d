import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { Confirm } from '../ui/confirm.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { useLacksNote, NoteField } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';
import { useState } from 'react';
import { insteadOf } from './instead-of.js';
import { keyOf, rolloutQuery } from './stored-rollout.js';

type SwitchOffProps = Readonly<{ setting: SettingView; id: number; onClose: () => void }>;

/** The shortest path to stopping something: one button, which has the focus. It waits for nothing that was read. */
export function SwitchOff({ setting, id, onClose }: SwitchOffProps) {
  const { data } = useQuery(rolloutQuery(id));
  const [note, setNote] = useState('');
  const isNoteAsked = useLacksNote('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('patch', '/api/v1/rollouts/{id}', {
      path: { id: id },
      query,
      body: { enabled: false },
      message: note,
      ...(signal && { signal }),
    });
  const off = async () => {
    if ((await write.run(() => send({}), { title: `Switched rollout ${id} of ${setting.name} off` })) !== undefined)
      onClose();
  };
  const instead = insteadOf(setting, id);
  const feature = data?.data.feature ?? 'unit';
  return (
    <Confirm
      title={`Switch rollout ${id} of ${setting.name} off?`}
      action="Switch off now"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote}
      onConfirm={() => void off()}
      onClose={onClose}
      onAddToChangeSet={
        data &&
        (() => {
          const about = keyOf(setting.name, data.data);
          putAside({ op: 'patch_rollout', ...about, set: { enabled: false }, expect: { enabled: true } });
          onClose();
        })
      }
    >
      {instead !== undefined && (
        <p>
          Without it {feature}s get <code>{instead.value}</code> ({instead.by}). Share, members and pattern are kept,
          for when it is switched on again.
        </p>
      )}
      <DryRun of={`off ${id}`} send={(signal) => send({ dry_run: true }, signal)} isWithFindings={false} />
      {isNoteAsked && <NoteField value={note} onChange={setNote} />}
      <FormSummary error={write.error} pointers={[]} />
    </Confirm>
  );
}
