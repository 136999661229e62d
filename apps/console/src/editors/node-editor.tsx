import { Maximize2 } from 'lucide-react';
import { type ComponentType } from 'react';
import { Button } from '../ui/button.js';
import { cx } from '../ui/cx.js';
import { type Draft } from './draft.js';
import { summaryOf } from './draft-path.js';
import { ChoiceEditor } from './choice.js';
import { type EditorProps } from './editor.js';
import css from './editors.module.css';
import { FlagsEditor } from './flags.js';
import { JsonEditor } from './json.js';
import { MappingEditor } from './mapping.js';
import { NumberEditor } from './number.js';
import { SequenceEditor } from './sequence.js';
import { TextEditor } from './text.js';

/** Nested deeper than this, a part is opened by itself. */
const DEEPEST_SHOWN = 2;

/** An editor for each kind of type: a new one has its place here. A draft is of the kind that its type makes, or JSON. */
const EDITORS = {
  int: NumberEditor,
  float: NumberEditor,
  str: TextEditor,
  bool: ChoiceEditor,
  enum: ChoiceEditor,
  flags: FlagsEditor,
  sequence: SequenceEditor,
  mapping: MappingEditor,
} as const satisfies Readonly<Record<EditorProps['type']['kind'], unknown>>;

/** The editor of a value or of a part of one. */
export function NodeEditor(props: Omit<EditorProps, 'Part'>) {
  const { type, draft, label, depth, path, onOpen } = props;
  const isNest = 'item' in type && draft.kind !== 'json';
  if (isNest && depth > DEEPEST_SHOWN)
    return (
      <Button size="small" aria-label={`Open ${label}`} onClick={() => onOpen(path)}>
        <Maximize2 aria-hidden /> <span className={css['summary']}>{summaryOf(type, draft)}</span>
      </Button>
    );
  const Editor = (draft.kind === 'json' ? JsonEditor : EDITORS[type.kind]) as ComponentType<EditorProps<never, Draft>>;
  return (
    <div className={cx(isNest && depth > 0 && css['nested'])}>
      <Editor {...(props as EditorProps<never, Draft>)} Part={NodeEditor} />
    </div>
  );
}
