import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { Consent } from '../ui/consent.js';
import { FormSummary } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';
import { definitionQuery } from './definition-query.js';

/** The last of a setting: what goes with it is said, and its name is typed. */
export function DeleteSetting({ setting, onClose }: Readonly<{ setting: SettingView; onClose: () => void }>) {
  const { name, rule_count: rules, rollout_count: rollouts, lines } = setting;
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const { data: definition } = useQuery(definitionQuery(name));
  const write = useWrite();
  const navigate = useNavigate();
  const members = lines.reduce((sum, line) => sum + (line.kind === 'rollout' ? line.member_count : 0), 0);
  const remove = async () => {
    const answer = await write.run(
      () => request('delete', '/api/v1/settings/{name}', { path: { name }, message: note, ifMatch: definition?.etag }),
      { title: `Deleted ${name}` },
    );
    if (answer !== undefined) void navigate({ to: '/settings' });
  };
  return (
    <Consent
      title={`Delete ${name}?`}
      level="type"
      acknowledgement="I have read what follows"
      name={name}
      action="Delete"
      isDanger
      isPending={write.isPending}
      isBlocked={lacksNote || definition === undefined}
      onConfirm={() => void remove()}
      onClose={onClose}
      onAddToChangeSet={() => {
        putAside({ op: 'delete_setting', setting: name, expect: { version: setting.version } });
        onClose();
      }}
    >
      <p>
        With it go {rules.toLocaleString('en')} rules, {rollouts.toLocaleString('en')} rollouts and{' '}
        {members.toLocaleString('en')} members. Code that declares it makes it anew, without them; until then code gets
        its own default.
      </p>
      {members > 10_000 && <p>The history notes each member: this takes seconds, while other writes wait.</p>}
      <NoteField value={note} onChange={setNote} />
      <FormSummary error={write.error} pointers={[]} />
    </Consent>
  );
}
