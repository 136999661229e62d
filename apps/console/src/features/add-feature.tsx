import { CONTEXT_FEATURE_NAME_RULE, isContextFeatureName } from '@heksher/core';
import { useState } from 'react';
import { request } from '../api/client.js';
import { Field, Input } from '../ui/field.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useWrite } from '../ui/use-write.js';

type AddFeatureProps = Readonly<{ order: readonly string[]; etag: string | undefined; onClose: () => void }>;

/** A new feature comes last: it is the most specific. */
export function AddFeature({ order, etag, onClose }: AddFeatureProps) {
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const lacksNote = useLacksNote(note);
  const write = useWrite();
  const problem =
    name === '' || isContextFeatureName(name)
      ? order.includes(name)
        ? 'there is one of this name'
        : undefined
      : `must be ${CONTEXT_FEATURE_NAME_RULE}`;
  const save = async () => {
    const body = { context_feature: name };
    if (
      (await write.run(() => request('post', '/api/v1/context_features', { body, message: note, ifMatch: etag }), {
        title: `Added ${name}`,
      })) !== undefined
    )
      onClose();
  };
  return (
    <EditDrawer
      title="Add a context feature"
      description={
        order.length === 0
          ? 'It is the first.'
          : `It comes behind ${order.at(-1) ?? ''}: it is the most specific, and decides nothing before a rule names it.`
      }
      error={write.error}
      pointers={['/context_feature']}
      action="Add"
      isPending={write.isPending}
      blocked={name === '' || problem !== undefined ? 'It needs a name.' : lacksNote ? 'Say why.' : undefined}
      isChanged={false}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        putAside({ op: 'add_context_feature', name });
        onClose();
      }}
    >
      <Field label="Name" pointer="/context_feature" error={problem}>
        <Input
          value={name}
          spellCheck={false}
          autoComplete="off"
          placeholder="such as account, user or theme"
          onChange={(event) => {
            write.forget();
            setName(event.target.value);
          }}
        />
      </Field>
      <NoteField value={note} onChange={setNote} />
    </EditDrawer>
  );
}
