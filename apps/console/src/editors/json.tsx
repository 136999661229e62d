import { Field } from '@base-ui/react/field';
import { formatJson, type SettingType } from '@heksher/core';
import { Button } from '../ui/button.js';
import { Field as Labelled } from '../ui/field.js';
import { problemOf, valueOfDraft } from './draft.js';
import { type DraftOf, type EditorProps } from './editor.js';
import css from './editors.module.css';
import { prettyJson } from './pretty-json.js';

/** A value as its JSON text, for every type. */
export function JsonEditor({
  type,
  draft,
  onChange,
  label,
  isInside,
  pointer,
}: EditorProps<SettingType['kind'], DraftOf<'json'>>) {
  const { text } = draft;
  const json = valueOfDraft(type, draft);
  const size = new Blob([text]).size;
  return (
    <Labelled
      label={isInside ? <span className="visually-hidden">{label}</span> : label}
      {...(pointer !== undefined && { pointer })}
      error={text === '' ? undefined : problemOf(type, draft)}
      hint={`${size.toLocaleString('en')} byte${size === 1 ? '' : 's'} of JSON`}
    >
      <Field.Control
        className={css['area']}
        value={text}
        onChange={(event) => onChange({ kind: 'json', text: event.target.value })}
        render={
          <textarea rows={Math.min(16, Math.max(2, text.split('\n').length))} spellCheck={false} dir="auto" data-mono />
        }
      />
      {!isInside && json !== undefined && !('value' in json) && (
        <div className={css['tools']}>
          <Button size="small" onClick={() => onChange({ kind: 'json', text: prettyJson(json) })}>
            In lines
          </Button>
          <Button size="small" onClick={() => onChange({ kind: 'json', text: formatJson(json) })}>
            Compact
          </Button>
        </div>
      )}
    </Labelled>
  );
}
