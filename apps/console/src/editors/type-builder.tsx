import { formatSettingType, jsonKey, jsonText, type SettingType, writeJson } from '@heksher/core';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { Field, Input } from '../ui/field.js';
import css from './type-builder.module.css';
import { readType } from './type-text.js';

type TypeBuilderProps = Readonly<{ text: string; onChange: (text: string) => void }>;

/** A type as its text and as choices, each of which changes the other. */
export function TypeBuilder({ text, onChange }: TypeBuilderProps) {
  const { type, problem } = readType(text);
  return (
    <div className={css['builder']}>
      {type !== undefined && <Kind type={type} onChange={(next) => onChange(formatSettingType(next))} label="Kind" />}
      <Field label="As text" pointer="/type" error={problem}>
        <Input
          className={css['mono']}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </div>
  );
}

const KINDS: readonly (readonly [SettingType['kind'], string])[] = [
  ['bool', 'bool: on or off'],
  ['int', 'int: a whole number'],
  ['float', 'float: a number'],
  ['str', 'str: a text'],
  ['enum', 'Enum: one of some options'],
  ['flags', 'Flags: some of some options'],
  ['sequence', 'Sequence: a list'],
  ['mapping', 'Mapping: values by key'],
];

function Kind({
  type,
  onChange,
  label,
}: Readonly<{ type: SettingType; onChange: (type: SettingType) => void; label: string }>) {
  return (
    <div className={css['kind']}>
      <label className={css['label']}>
        {label}
        <select
          value={type.kind}
          onChange={(event) => onChange(ofKind(event.target.value as SettingType['kind'], type))}
        >
          {KINDS.map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {'options' in type && <Options options={type.options} onChange={(options) => onChange({ ...type, options })} />}
      {'item' in type && (
        <div className={css['nested']}>
          <Kind type={type.item} onChange={(item) => onChange({ ...type, item })} label="of" />
        </div>
      )}
    </div>
  );
}

function ofKind(kind: SettingType['kind'], before: SettingType): SettingType {
  if (kind === 'enum' || kind === 'flags') return { kind, options: 'options' in before ? before.options : ['"first"'] };
  if (kind === 'sequence' || kind === 'mapping') return { kind, item: 'item' in before ? before.item : before };
  return { kind };
}

function Options({
  options,
  onChange,
}: Readonly<{ options: readonly string[]; onChange: (options: readonly string[]) => void }>) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const option = optionOf(typed);
    if (option === undefined) return;
    onChange([...new Set([...options, option])].sort());
    setTyped('');
  };
  return (
    <div className={css['options']}>
      {options.map((option) => (
        <Chip
          key={option}
          isMono
          {...(options.length > 1 && {
            onRemove: () => onChange(options.filter((one) => one !== option)),
            removeLabel: `Remove option ${option}`,
          })}
        >
          {option}
        </Chip>
      ))}
      <span className={css['add']}>
        <input
          aria-label="Another option"
          placeholder="another option"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button size="small" onClick={add} disabled={typed === ''}>
          Add
        </Button>
      </span>
    </div>
  );
}

/** Numbers and truth values are themselves, all else is a text; in quotes, a number is one too. */
function optionOf(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  const isPlain = /^(true|false|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?)$/.test(text);
  const isQuoted = /^"(?:[^"\\]|\\.)*"$/.test(text);
  return jsonKey(jsonText(isPlain || isQuoted ? text : writeJson(text)));
}
