import { formatJson, type Json } from '@heksher/core';
import { Button } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { cx } from '../ui/cx.js';
import { Popover } from '../ui/menu.js';
import css from './value.module.css';

type ValueProps = Readonly<{
  value: Json;
  isBig?: boolean;
  /** Longer ones are cut, and open whole. */
  most?: number;
  /** Inside of a button or link, where nothing else can be pressed: what is cut is whole when pointed at. */
  isInside?: boolean;
}>;

/** A value as it is written; a text without its quotes, marked as one where it could be taken for something else. */
export function Value({ value, isBig = false, most = 160, isInside = false }: ValueProps) {
  const text = formatJson(value);
  const isCut = text.length > most;
  const shown = (
    <code
      dir="auto"
      className={cx(css['value'], css[value.kind], isBig && css['big'])}
      title={isCut ? text.slice(0, 4_000) : undefined}
    >
      {isCut ? `${text.slice(0, most)}…` : text}
    </code>
  );
  if (!isCut || isInside) return shown;
  return (
    <Popover
      title="The whole value"
      trigger={
        <button type="button" className={css['cut']}>
          {shown}
          <span className="visually-hidden">, show the whole value</span>
        </button>
      }
    >
      {() => <Whole text={text} />}
    </Popover>
  );
}

/** Scrolled where it is longer than the card; it is reached by Tab for that. */
function Whole({ text }: Readonly<{ text: string }>) {
  return (
    <>
      <pre className={css['whole']} tabIndex={0} dir="auto" aria-label="The whole value" role="region">
        {text}
      </pre>
      <Button size="small" onClick={() => copyText(text, 'the value')}>
        Copy
      </Button>
    </>
  );
}
