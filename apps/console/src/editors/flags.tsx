import { formatJson, type Json, jsonEquals, parseJson } from '@heksher/core';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { isAmong } from './draft.js';
import { type DraftOf, type EditorProps } from './editor.js';
import css from './editors.module.css';
import { Group } from './group.js';

const MANY = 12;

/** Some of the options; what is changed comes in their order. */
export function FlagsEditor({
  type,
  draft,
  onChange,
  label,
  isInside,
  pointer,
}: EditorProps<'flags', DraftOf<'flags'>>) {
  const [filter, setFilter] = useState('');
  const options = type.options.map((text) => parseJson(text));
  const { chosen } = draft;
  const choose = (next: readonly Json[]) => onChange({ kind: 'flags', chosen: next });
  const toggle = (option: Json) => {
    const isOn = isAmong(chosen, option);
    const spelled = (one: Json) => chosen.find((had) => jsonEquals(had, one)) ?? one;
    choose(options.filter((one) => (jsonEquals(one, option) ? !isOn : isAmong(chosen, one))).map(spelled));
  };
  const shown = options.filter((option) => formatJson(option).toLowerCase().includes(filter.toLowerCase()));
  return (
    <Group label={label} isInside={isInside} pointer={pointer}>
      {options.length > MANY && (
        <input
          type="search"
          className={css['area']}
          aria-label={`Filter options of ${label}`}
          placeholder="Filter"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <div className={css['flags']}>
        {shown.map((option) => (
          <label key={formatJson(option)} className={css['option']}>
            <input type="checkbox" checked={isAmong(chosen, option)} onChange={() => toggle(option)} />
            <code>{formatJson(option)}</code>
          </label>
        ))}
      </div>
      <div className={css['tools']}>
        <Button size="small" onClick={() => choose(options)}>
          All
        </Button>
        <Button size="small" onClick={() => choose([])}>
          None
        </Button>
        <span className={css['soft']}>
          {chosen.length} of {options.length}
        </span>
      </div>
    </Group>
  );
}
