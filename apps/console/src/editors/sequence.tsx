import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { type Draft, draftOf, emptyDraft, type Item, newId } from './draft.js';
import { type DraftOf, type EditorProps, isWide } from './editor.js';
import css from './editors.module.css';
import { Group } from './group.js';
import { ItemRows, type ItemActions } from './item-rows.js';
import { PasteLines } from './paste-lines.js';

/** A list: items are added, inserted, duplicated, moved and removed. */
export function SequenceEditor(props: EditorProps<'sequence', DraftOf<'list'>>) {
  const { type, draft, onChange, label, isInside, pointer, path, onOpen, depth, Part } = props;
  const [isPasting, setPasting] = useState(false);
  const { items } = draft;
  const set = (next: readonly Item[]) => onChange({ kind: 'list', items: next });
  const fresh = (made: Draft = emptyDraft(type.item)): Item => ({ id: newId(), draft: made });
  const actions: ItemActions = {
    insert: (index) => set(items.toSpliced(index, 0, fresh())),
    duplicate: (index) => {
      const item = items[index];
      if (item !== undefined) set(items.toSpliced(index + 1, 0, copyOf(item)));
    },
    move: (from, to) => {
      const item = items[from];
      if (item !== undefined && to >= 0 && to < items.length) set(items.toSpliced(from, 1).toSpliced(to, 0, item));
    },
    remove: (index) => set(items.toSpliced(index, 1)),
  };
  return (
    <Group label={label} isInside={isInside} pointer={pointer}>
      <ItemRows
        items={items}
        actions={actions}
        nameOf={(index) => `Item ${index + 1}`}
        isStacked={isWide(type.item)}
        head={(_, index) => <span className={css['ordinal']}>{index + 1}</span>}
      >
        {(item, index) => (
          <Part
            type={type.item}
            draft={item.draft}
            label={`Item ${index + 1}`}
            isInside
            path={[...path, item.id]}
            onOpen={onOpen}
            depth={depth + 1}
            onChange={(next) => set(items.map((one) => (one.id === item.id ? { ...one, draft: next } : one)))}
          />
        )}
      </ItemRows>
      <div className={css['tools']}>
        <Button size="small" onClick={() => set([...items, fresh()])}>
          <Plus aria-hidden /> Add an item
        </Button>
        <Button size="small" kind="quiet" aria-expanded={isPasting} onClick={() => setPasting(!isPasting)}>
          Paste lines
        </Button>
        {items.length > 0 && <span className={css['soft']}>{items.length}</span>}
      </div>
      {isPasting && (
        <PasteLines
          type={type.item}
          onClose={() => setPasting(false)}
          onPaste={(values) => {
            set([...items, ...values.map((value) => fresh(draftOf(type.item, value)))]);
            setPasting(false);
          }}
        />
      )}
    </Group>
  );
}

/** With ids of its own all the way down. */
function copyOf<I extends Item>(item: I): I {
  return { ...item, id: newId(), draft: withNewIds(item.draft) };
}

function withNewIds(draft: Draft): Draft {
  if (draft.kind === 'list') return { ...draft, items: draft.items.map(copyOf) };
  return draft.kind === 'map' ? { ...draft, rows: draft.rows.map(copyOf) } : draft;
}
