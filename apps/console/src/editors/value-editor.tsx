import { type SettingType } from '@heksher/core';
import { Braces, ChevronRight, List } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { type Draft, draftOf, valueOfDraft } from './draft.js';
import { partsOn, type Path, withPart } from './draft-path.js';
import css from './editors.module.css';
import { NodeEditor } from './node-editor.js';
import { prettyJson } from './pretty-json.js';

type ValueEditorProps = Readonly<{
  type: SettingType;
  draft: Draft;
  onChange: (draft: Draft) => void;
  label: string;
  /** JSON Pointer of the value in the body. */
  pointer?: string;
}>;

/** Edits a value of any type, by controls or as JSON. */
export function ValueEditor({ type, draft, onChange, label, pointer }: ValueEditorProps) {
  const [path, setPath] = useState<Path>([]);
  const parts = partsOn(type, draft, path, label);
  const shown = parts.at(-1);
  const here = path.slice(0, parts.length - 1);
  return (
    <div className={css['editor']}>
      {parts.length > 1 && (
        <nav aria-label={`Where in ${label}`} className={css['trail']}>
          {parts.map((part, index) => (
            <span key={index}>
              {index > 0 && <ChevronRight aria-hidden />}
              {index === parts.length - 1 ? (
                <b>{part.label}</b>
              ) : (
                <Button size="small" kind="quiet" onClick={() => setPath(path.slice(0, index))}>
                  {part.label}
                </Button>
              )}
            </span>
          ))}
        </nav>
      )}
      {shown !== undefined && (
        <NodeEditor
          key={here.join('/')}
          type={shown.type}
          draft={shown.draft}
          label={shown.label}
          isInside={false}
          pointer={pointer}
          path={here}
          onOpen={setPath}
          depth={0}
          onChange={(next) => onChange(withPart(draft, here, next))}
        />
      )}
      <Forms type={type} draft={draft} onChange={onChange} />
    </div>
  );
}

/** A number, a truth value and an option show their JSON anyway. */
const FORMS: ReadonlySet<SettingType['kind']> = new Set(['str', 'flags', 'sequence', 'mapping']);

/** Between controls and JSON. */
function Forms({
  type,
  draft,
  onChange,
}: Readonly<{ type: SettingType; draft: Draft; onChange: (draft: Draft) => void }>) {
  const json = valueOfDraft(type, draft);
  if (draft.kind === 'json') {
    const controls = json && draftOf(type, json);
    if (controls === undefined || controls.kind === 'json') return null;
    return (
      <Button size="small" kind="quiet" className={css['form']} onClick={() => onChange(controls)}>
        <List aria-hidden /> As fields
      </Button>
    );
  }
  if (!FORMS.has(type.kind)) return null;
  return (
    <Button
      size="small"
      kind="quiet"
      className={css['form']}
      disabled={json === undefined}
      onClick={() => json && onChange({ kind: 'json', text: prettyJson(json) })}
    >
      <Braces aria-hidden /> As JSON
    </Button>
  );
}
