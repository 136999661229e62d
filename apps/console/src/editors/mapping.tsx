import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { emptyDraft, newId, type Row } from './draft.js';
import { type DraftOf, type EditorProps, isWide } from './editor.js';
import css from './editors.module.css';
import { Group } from './group.js';
import { ItemRows } from './item-rows.js';

const MANY = 12;

/** Keys and their values, in the order in which they are stored. */
export function MappingEditor(props: EditorProps<'mapping', DraftOf<'map'>>) {
  const { type, draft, onChange, label, isInside, pointer, path, onOpen, depth, Part } = props;
  const [filter, setFilter] = useState('');
  const { rows } = draft;
  const set = (next: readonly Row[]) => onChange({ kind: 'map', rows: next });
  const change = (id: number, to: Partial<Row>) => set(rows.map((row) => (row.id === id ? { ...row, ...to } : row)));
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shown = rows.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  const placeOf = (index: number) => rows.findIndex((row) => row.id === shown[index]?.id);
  return (
    <Group label={label} isInside={isInside} pointer={pointer}>
      {rows.length > MANY && (
        <input
          type="search"
          className={css['area']}
          aria-label={`Filter keys of ${label}`}
          placeholder="Filter keys"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <ItemRows
        items={shown}
        nameOf={(index) => `"${shown[index]?.name ?? ''}"`}
        isStacked={isWide(type.item)}
        head={(row, index) => (
          <KeyField
            label={`Key ${index + 1}`}
            name={row.name}
            isRepeated={(counts.get(row.name) ?? 0) > 1}
            // A key that is typed is spelled as it is typed.
            onChange={(name) =>
              set(rows.map((one) => (one.id === row.id ? { id: one.id, draft: one.draft, name } : one)))
            }
          />
        )}
        actions={{
          move: (from, to) => {
            const row = shown[from];
            if (row !== undefined && to >= 0 && to < shown.length)
              set(rows.toSpliced(placeOf(from), 1).toSpliced(placeOf(to), 0, row));
          },
          remove: (index) => set(rows.toSpliced(placeOf(index), 1)),
        }}
      >
        {(row) => (
          <Part
            type={type.item}
            draft={row.draft}
            label={`Value of "${row.name}"`}
            isInside
            path={[...path, row.id]}
            onOpen={onOpen}
            depth={depth + 1}
            onChange={(next) => change(row.id, { draft: next })}
          />
        )}
      </ItemRows>
      <div className={css['tools']}>
        <Button size="small" onClick={() => set([...rows, { id: newId(), name: '', draft: emptyDraft(type.item) }])}>
          <Plus aria-hidden /> Add a key
        </Button>
        {rows.length > 0 && <span className={css['soft']}>{rows.length}</span>}
      </div>
    </Group>
  );
}

type KeyFieldProps = Readonly<{ label: string; name: string; isRepeated: boolean; onChange: (name: string) => void }>;

function KeyField({ label, name, isRepeated, onChange }: KeyFieldProps) {
  return (
    <Field
      label={<span className="visually-hidden">{label}</span>}
      error={isRepeated ? 'this key is there twice' : undefined}
    >
      <Input
        className={css['mono']}
        placeholder="key"
        value={name}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
