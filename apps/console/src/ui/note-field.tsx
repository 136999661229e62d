import { useConfig } from '../api/config.js';
import { Field, Input } from './field.js';

const LONGEST = 500;

/** Why something is changed: the history keeps it. */
export function NoteField({ value, onChange }: Readonly<{ value: string; onChange: (note: string) => void }>) {
  const { note_required } = useConfig();
  return (
    <Field label={note_required ? 'Why (required)' : 'Why'}>
      <Input
        value={value}
        maxLength={LONGEST}
        placeholder="Whoever reads this in a year will ask"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

/** Whether a note that must be given is missing. */
export function useLacksNote(note: string): boolean {
  return useConfig().note_required && note.trim() === '';
}
