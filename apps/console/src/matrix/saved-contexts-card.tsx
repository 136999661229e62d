import { Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { type ContextValues, formatContext } from '../api/context-text.js';
import { Button, IconButton } from '../ui/button.js';
import { toast } from '../ui/toast.js';
import css from './saved-contexts.module.css';
import {
  asName,
  formatSaved,
  keepContexts,
  parseSaved,
  type SavedContext,
  useSavedContexts,
} from './saved-contexts.js';

type CardProps = Readonly<{
  /** The one that is tried. */
  context: ContextValues;
  onChoose: (context: ContextValues) => void;
}>;

export function SavedContextsCard({ context, onChoose }: CardProps) {
  const saved = useSavedContexts();
  const text = formatContext(context);
  return (
    <div className={css['card']}>
      {saved.length === 0 && <p className={css['soft']}>None yet. They stay in this browser.</p>}
      <ul className={css['list']}>
        {saved.map((one) => (
          <li key={one.name}>
            <button type="button" className={css['choose']} onClick={() => onChoose(one.context)}>
              {one.name} <small className={css['soft']}>{formatContext(one.context)}</small>
            </button>
            <IconButton
              label={`Forget ${one.name}`}
              onClick={() => keep(saved.filter(({ name }) => name !== one.name))}
            >
              <Trash2 aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      {text !== undefined && <SaveForm saved={saved} context={context} text={text} />}
      <AsText saved={saved} />
    </div>
  );
}

type SaveFormProps = Readonly<{ saved: readonly SavedContext[]; context: ContextValues; text: string }>;

function SaveForm({ saved, context, text }: SaveFormProps) {
  const [name, setName] = useState('');
  const id = useId();
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const called = asName(name);
    if (called === '') return;
    keep([...saved.filter((one) => one.name !== called), { name: called, context }]);
    setName('');
  };
  return (
    <form onSubmit={save} className={css['form']}>
      <label htmlFor={id}>
        Keep <code>{text}</code> as
      </label>
      <input
        dir="auto"
        id={id}
        className={css['input']}
        value={name}
        placeholder="A name"
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
      />
      <Button size="small" type="submit" disabled={asName(name) === ''}>
        Keep
      </Button>
    </form>
  );
}

/** To give them to somebody else, or to take theirs over. */
function AsText({ saved }: Readonly<{ saved: readonly SavedContext[] }>) {
  const [text, setText] = useState<string>();
  const { saved: read, refused } = parseSaved(text ?? '');
  return (
    <details className={css['text']} onToggle={() => setText(undefined)}>
      <summary>As text</summary>
      <textarea
        dir="auto"
        className={css['input']}
        aria-label="All contexts as text"
        rows={5}
        spellCheck={false}
        placeholder="jim's admin = account:jim,user:admin"
        value={text ?? formatSaved(saved)}
        onChange={(event) => setText(event.target.value)}
      />
      {refused.length > 0 && (
        <p className={css['bad']} role="alert">
          No context: {refused.slice(0, 3).join(' · ')}
          {refused.length > 3 && ` and ${refused.length - 3} more`}. Each line is a name, “ = ”, and feature:value,…
        </p>
      )}
      {text !== undefined && (
        <Button size="small" disabled={refused.length > 0} onClick={() => (keep(read), setText(undefined))}>
          Keep these
        </Button>
      )}
    </details>
  );
}

function keep(saved: readonly SavedContext[]): void {
  if (!keepContexts(saved)) toast({ title: 'This browser keeps them only as long as the page', kind: 'failed' });
}
