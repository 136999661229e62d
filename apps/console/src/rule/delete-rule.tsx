import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { columnsOf } from '../matrix/lines.js';
import { Confirm } from '../ui/confirm.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { useWrite } from '../ui/use-write.js';
import { whereText } from './rule-form.js';
import { readRule } from './stored-rule.js';

type DeleteRuleProps = Readonly<{ setting: SettingView; id: number; onClose: () => void }>;

/** Shows who would see another value without the rule, and deletes it as it was seen. */
export function DeleteRule({ setting, id, onClose }: DeleteRuleProps) {
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const { data: rule } = useQuery({
    queryKey: ['rule-begin', id],
    queryFn: () => readRule(client, id, columnsOf(setting)),
    retry: false,
    gcTime: 0,
  });
  const isOverride = rule?.conditions.length === 0;
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('delete', '/api/v1/rules/{id}', {
      path: { id: id },
      query,
      message: note,
      ifMatch: query.dry_run === true ? undefined : rule?.etag,
      ...(signal && { signal }),
    });
  const remove = async () => {
    const title = isOverride ? 'Took the value for everyone away' : `Deleted rule ${id}`;
    if ((await write.run(() => send({}), { title })) !== undefined) onClose();
  };
  const what = isOverride ? 'the value for everyone' : `rule ${id}`;
  if (rule === undefined) return null;
  return (
    <Confirm
      title={`Delete ${what}?`}
      action="Delete"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      {!isOverride && <p>It is for {whereText(rule.conditions)}.</p>}
      <DryRun of={`delete ${id}`} send={(signal) => send({ dry_run: true }, signal)} />
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error} pointers={[]} />
    </Confirm>
  );
}
