import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../ui/button.js';
import { Field, Input, inputClass } from '../ui/field.js';
import {
  keyProblem,
  METADATA_KINDS,
  type MetadataDraft,
  type MetadataEntry,
  type MetadataKind,
  newMetadataEntry,
  valueProblem,
  withKind,
} from './metadata.js';
import css from './metadata-fields.module.css';

type MetadataFieldsProps = Readonly<{ draft: MetadataDraft; onChange: (draft: MetadataDraft) => void }>;

/** Keys with values of any kind, in a table. It is closed where there are none. */
export function MetadataFields({ draft, onChange }: MetadataFieldsProps) {
  const [isOpen, open] = useState(draft.length > 0);
  const set = (entry: MetadataEntry) => onChange(draft.map((one) => (one.id === entry.id ? entry : one)));
  return (
    <details className={css['metadata']} open={isOpen} onToggle={(event) => open(event.currentTarget.open)}>
      <summary>Metadata ({draft.length})</summary>
      {draft.map((entry) => {
        const name = entry.key === '' ? 'the new key' : entry.key;
        return (
          <fieldset key={entry.id} className={css['entry']}>
            <legend className="visually-hidden">{name}</legend>
            <Field label="Key" error={entry.key === '' ? undefined : keyProblem(entry, draft)}>
              <Input
                value={entry.key}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => set({ ...entry, key: event.target.value })}
              />
            </Field>
            <label className={css['kind']}>
              Kind
              <select
                className={inputClass}
                value={entry.kind}
                onChange={(event) => set(withKind(entry, event.target.value as MetadataKind))}
              >
                {METADATA_KINDS.map((kind) => (
                  <option key={kind}>{kind}</option>
                ))}
              </select>
            </label>
            <MetadataValue entry={entry} onChange={(text) => set({ ...entry, text })} />
            <IconButton label={`Remove ${name}`} onClick={() => onChange(draft.filter(({ id }) => id !== entry.id))}>
              <Trash2 aria-hidden />
            </IconButton>
          </fieldset>
        );
      })}
      <Button size="small" onClick={() => onChange([...draft, newMetadataEntry()])}>
        <Plus aria-hidden /> Add a key
      </Button>
    </details>
  );
}

function MetadataValue({ entry, onChange }: Readonly<{ entry: MetadataEntry; onChange: (text: string) => void }>) {
  const { kind, key, text } = entry;
  if (kind === 'boolean')
    return (
      <label className={css['kind']}>
        Value
        <select className={inputClass} value={text} onChange={(event) => onChange(event.target.value)}>
          <option>true</option>
          <option>false</option>
        </select>
      </label>
    );
  return (
    <Field label="Value" pointer={`/metadata/${key}`} error={valueProblem(entry)}>
      <Input
        value={text}
        autoComplete="off"
        spellCheck={kind === 'text'}
        inputMode={kind === 'number' ? 'decimal' : 'text'}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
