import { type Json, type SettingType, writeJson } from '@heksher/core';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { readDraft } from './draft.js';
import css from './editors.module.css';

type PasteLinesProps = Readonly<{ type: SettingType; onPaste: (values: readonly Json[]) => void; onClose: () => void }>;

/** Many items at once, one in each line; texts as they are, other values as JSON. Nothing is added while a line is wrong. */
export function PasteLines({ type, onPaste, onClose }: PasteLinesProps) {
  const [text, setText] = useState('');
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const readings = lines.map((line) =>
    readDraft(type, { kind: 'json', text: type.kind === 'str' ? writeJson(line) : line }),
  );
  const wrong = readings.findIndex((reading) => 'problem' in reading);
  const values = readings.flatMap((reading) => ('json' in reading ? [reading.json] : []));
  const at = readings[wrong];
  return (
    <div className={css['nested']}>
      <Field
        label={type.kind === 'str' ? 'Lines, each a text' : 'Lines, each a value in JSON'}
        error={at !== undefined && 'problem' in at ? `Line ${wrong + 1}: ${at.problem}` : undefined}
      >
        <Input
          className={css['area']}
          value={text}
          onChange={(event) => setText(event.target.value)}
          render={<textarea rows={4} spellCheck={false} dir="auto" />}
        />
      </Field>
      <div className={css['tools']}>
        <Button size="small" kind="primary" disabled={wrong >= 0 || lines.length === 0} onClick={() => onPaste(values)}>
          Add {lines.length} item{lines.length === 1 ? '' : 's'}
        </Button>
        <Button size="small" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
