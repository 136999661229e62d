import { isSettingName, SETTING_NAME_RULE } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../api/client.js';
import { type SettingView } from '../api/queries.js';
import { Confirm } from '../ui/confirm.js';
import { Field, FormError, FormSummary, Input } from '../ui/field.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';
import { definitionQuery } from './definition-query.js';

/** The old name becomes an alias. */
export function RenameSetting({ setting, onClose }: Readonly<{ setting: SettingView; onClose: () => void }>) {
  const [name, setName] = useState(setting.name);
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const { data: definition } = useQuery(definitionQuery(setting.name));
  const write = useWrite();
  const navigate = useNavigate();
  const rename = async () => {
    const body = { name, version: setting.version };
    const path = { name: setting.name };
    const answer = await write.run(
      () => request('put', '/api/v1/settings/{name}/name', { path, body, message: note, ifMatch: definition?.etag }),
      { title: `${setting.name} is called ${name}` },
    );
    if (answer !== undefined) void navigate({ to: '/settings/$name/definition', params: { name } });
  };
  const problem = isSettingName(name) ? undefined : `must be ${SETTING_NAME_RULE}`;
  return (
    <FormError value={write.error}>
      <Confirm
        title={`Rename ${setting.name}`}
        action="Rename"
        isPending={write.isPending}
        isBlocked={problem !== undefined || name === setting.name || lacksNote || definition === undefined}
        onConfirm={() => void rename()}
        onClose={onClose}
        onAddToChangeSet={() => {
          putAside({ op: 'rename_setting', setting: setting.name, name });
          onClose();
        }}
      >
        <p>Code, links and change sets that use the old name go on: it becomes an alias.</p>
        <Field label="New name" pointer="/name" error={problem}>
          <Input value={name} spellCheck={false} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        <NoteField value={note} onChange={setNote} />
        <FormSummary error={write.error} pointers={['/name']} />
      </Confirm>
    </FormError>
  );
}
