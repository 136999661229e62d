import { Field } from '@base-ui/react/field';
import { Field as Labelled } from '../ui/field.js';
import { fitsTextArea } from './draft.js';
import { type DraftOf, type EditorProps } from './editor.js';
import css from './editors.module.css';

const MOST_LINES = 12;

/** A text, never trimmed. What nobody would see in it is told. */
export function TextEditor({ draft, onChange, label, isInside, pointer }: EditorProps<'str', DraftOf<'text'>>) {
  const { text } = draft;
  return (
    <Labelled
      label={isInside ? <span className="visually-hidden">{label}</span> : label}
      {...(pointer !== undefined && { pointer })}
      hint={remarks(text, isInside)}
    >
      <Field.Control
        className={css['area']}
        value={text}
        onChange={(event) => onChange({ ...draft, text: event.target.value })}
        render={
          <textarea
            rows={Math.min(MOST_LINES, Math.max(isInside ? 1 : 2, text.split('\n').length))}
            spellCheck={false}
            dir="auto"
          />
        }
      />
    </Labelled>
  );
}

function remarks(text: string, isInside: boolean): string | undefined {
  const { length } = [...text];
  const parts = [
    ...(isInside ? [] : [text === '' ? 'The empty text.' : `${length} character${length === 1 ? '' : 's'}.`]),
    ...(/^\s/.test(text) ? ['Begins with white space.'] : []),
    ...(/\s$/.test(text) ? ['Ends with white space.'] : []),
    ...marks(text),
  ];
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** Characters without a picture of their own, by their code points. */
function marks(text: string): readonly string[] {
  const odd = [...new Set(text.match(/[\p{Cf}\p{Zl}\p{Zp}\u00a0\u2000-\u200a\u202f\u3000\t]/gu) ?? [])];
  if (odd.length === 0 && fitsTextArea(text)) return [];
  const codes = odd.map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  return [`Has characters that are not seen: ${codes.join(', ')}.`];
}
