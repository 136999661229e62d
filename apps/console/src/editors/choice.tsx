import { formatJson, type Json, jsonEquals, parseJson } from '@heksher/core';
import { useId } from 'react';
import { type DraftOf, type EditorProps } from './editor.js';
import css from './editors.module.css';
import { Group } from './group.js';

const MOST_RADIOS = 6;
const BOOLEANS = ['true', 'false'];

/** One of a few: radio buttons, for a switch would promise to act at once. Quotes tell `"1"` from `1`. */
export function ChoiceEditor({
  type,
  draft,
  onChange,
  label,
  isInside,
  pointer,
}: EditorProps<'bool' | 'enum', DraftOf<'choice'>>) {
  const name = useId();
  const options = (type.kind === 'bool' ? BOOLEANS : type.options).map((text) => parseJson(text));
  // An option may be spelled otherwise where it was chosen: 1.0 for 1.
  const isChosen = (option: Json) => draft.chosen !== undefined && jsonEquals(draft.chosen, option);
  const choose = (option: Json | undefined) => onChange({ kind: 'choice', ...(option && { chosen: option }) });
  const chosen = options.findIndex(isChosen);
  return (
    <Group label={label} isInside={isInside} pointer={pointer}>
      {options.length <= MOST_RADIOS ? (
        <div className={css['options']}>
          {options.map((option) => (
            <label key={formatJson(option)} className={css['option']}>
              <input type="radio" name={name} checked={isChosen(option)} onChange={() => choose(option)} />
              <code>{formatJson(option)}</code>
            </label>
          ))}
        </div>
      ) : (
        <select
          aria-label={label}
          className={css['select']}
          value={chosen < 0 ? '' : String(chosen)}
          onChange={(event) => choose(event.target.value === '' ? undefined : options[Number(event.target.value)])}
        >
          {chosen < 0 && <option value="">Choose one</option>}
          {options.map((option, index) => (
            <option key={formatJson(option)} value={index}>
              {formatJson(option)}
            </option>
          ))}
        </select>
      )}
    </Group>
  );
}
