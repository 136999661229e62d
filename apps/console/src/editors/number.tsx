import { Minus, Plus } from 'lucide-react';
import { IconButton, Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { meantNumber, problemOf } from './draft.js';
import { type DraftOf, type EditorProps } from './editor.js';
import css from './editors.module.css';

/** An int or a float: its text is kept as it is typed. */
export function NumberEditor({
  type,
  draft,
  onChange,
  label,
  isInside,
  pointer,
}: EditorProps<'int' | 'float', DraftOf<'text'>>) {
  const { text } = draft;
  const change = (next: string) => onChange({ ...draft, text: next });
  const problem = text === '' ? undefined : problemOf(type, draft);
  const meant = problem === undefined ? undefined : meantNumber(type, text);
  const isWhole = /^-?\d+$/.test(text);
  const step = (by: bigint) => isWhole && change(String(BigInt(text) + by));
  const isLarge = isWhole && !Number.isSafeInteger(Number(text));
  return (
    <Field
      label={isInside ? <span className="visually-hidden">{label}</span> : label}
      {...(pointer !== undefined && { pointer })}
      error={problem}
      hint={isLarge ? 'Beyond ±(2^53−1): clients in JavaScript cannot hold it exactly.' : undefined}
    >
      <div className={css['number']}>
        <Input
          className={css['mono']}
          value={text}
          inputMode={type.kind === 'int' ? 'numeric' : 'decimal'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            const by = { ArrowUp: 1n, ArrowDown: -1n }[event.key];
            if (by === undefined || type.kind !== 'int' || event.altKey) return;
            event.preventDefault();
            step(by);
          }}
        />
        {type.kind === 'int' && (
          <>
            <IconButton label="One less" kind="plain" disabled={!isWhole} onClick={() => step(-1n)}>
              <Minus aria-hidden />
            </IconButton>
            <IconButton label="One more" kind="plain" disabled={!isWhole} onClick={() => step(1n)}>
              <Plus aria-hidden />
            </IconButton>
          </>
        )}
      </div>
      {meant !== undefined && (
        <Button size="small" className={css['offer']} onClick={() => change(meant)}>
          Use {meant}
        </Button>
      )}
    </Field>
  );
}
