import { formatJson, type Json } from '@heksher/core';
import { cx } from '../ui/cx.js';
import css from './matrix.module.css';

/** What is first of a line's metadata, by what people call it; else all of it. */
const NOTES = ['note', 'information', 'reason', 'description'];

export function Note({ metadata }: Readonly<{ metadata: Json }>) {
  if (metadata.kind !== 'object' || metadata.members.size === 0) return null;
  const members = [...metadata.members];
  const note = NOTES.map((name) => metadata.members.get(name)).find((value) => value !== undefined);
  const rest = members.filter(([name]) => !NOTES.includes(name));
  return (
    <>
      {note !== undefined && (
        <span className={css['noteLine']}>
          <bdi>{textOf(note)}</bdi>
        </span>
      )}
      {rest.map(([name, value]) => (
        <span key={name} className={cx(css['noteLine'], css['meta'])}>
          <span className={css['soft']}>{name}</span> <bdi>{textOf(value)}</bdi>
        </span>
      ))}
    </>
  );
}

function textOf(value: Json): string {
  const text = value.kind === 'string' ? value.value : formatJson(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
