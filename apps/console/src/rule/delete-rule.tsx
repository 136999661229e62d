import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { columnsOf, conditionsOf } from '../matrix/lines.js';
import { Confirm } from '../ui/confirm.js';
import { DryRun } from '../ui/dry-run.js';
import { FormSummary } from '../ui/field.js';
import { exactly } from '../api/exact.js';
import { putAside } from '../ui/put-aside.js';
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
  const reading = queryOptions({
    queryKey: ['rule-begin', id],
    queryFn: () => readRule(client, id, columnsOf(setting)),
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  const { data: rule, error } = useQuery(reading);
  const line = setting.lines.find((one) => one.kind === 'rule' && one.rule_id === id);
  const conditions = rule?.conditions ?? (line && conditionsOf(line));
  const isOverride = conditions?.length === 0;
  const send = (query: { dry_run?: boolean }, ifMatch?: string, signal?: AbortSignal) =>
    request('delete', '/api/v1/rules/{id}', {
      path: { id: id },
      query,
      message: note,
      ifMatch,
      ...(signal && { signal }),
    });
  const remove = async () => {
    const title = isOverride ? 'Took the value for everyone away' : `Deleted rule ${id}`;
    // Whoever is quicker than the reading of its tag waits for it.
    const sent = () => client.ensureQueryData(reading).then(({ etag }) => send({}, etag));
    if ((await write.run(sent, { title })) !== undefined) onClose();
  };
  const what = isOverride ? 'the value for everyone' : `rule ${id}`;
  return (
    <Confirm
      title={`Delete ${what}?`}
      action="Delete"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote}
      onConfirm={() => void remove()}
      onClose={onClose}
      onAddToChangeSet={
        rule &&
        (() => {
          const { conditions: where, value } = rule;
          const about = { setting: setting.name, feature_values: Object.fromEntries(where) };
          putAside({ op: 'delete_rule', ...about, expect: { value: exactly(value) } });
          onClose();
        })
      }
    >
      {conditions !== undefined && !isOverride && <p>It is for {whereText(conditions)}.</p>}
      <DryRun of={`delete ${id}`} send={(signal) => send({ dry_run: true }, undefined, signal)} />
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error ?? (isApiError(error) ? error : undefined)} pointers={[]} />
    </Confirm>
  );
}
