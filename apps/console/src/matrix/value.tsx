import { formatJson, type Json } from '@heksher/core';
import { cx } from '../ui/cx.js';
import css from './value.module.css';

/** A value as it is written; a text without its quotes, marked as one where it could be taken for something else. */
export function Value({ value, isBig = false, most = 160 }: Readonly<{ value: Json; isBig?: boolean; most?: number }>) {
  const text = formatJson(value);
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return (
    <code
      className={cx(css['value'], css[value.kind], isBig && css['big'])}
      title={text.length > most ? text.slice(0, 4_000) : undefined}
    >
      {shown}
    </code>
  );
}
