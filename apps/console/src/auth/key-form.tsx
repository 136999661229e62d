import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import css from './auth.module.css';
import { give } from './credentials.js';

/** Takes a key of the service. It stays in memory, unless it shall hold as long as the tab. */
export function KeyForm({ onGiven }: Readonly<{ onGiven: () => void }>) {
  const [key, setKey] = useState('');
  const [isKept, setKept] = useState(false);
  const text = key.trim();
  const isPublic = text.startsWith('hk_p_');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text === '' || isPublic) return;
    give({ kind: 'key', key: text }, isKept);
    onGiven();
  };
  return (
    <form onSubmit={submit} className={css['form']}>
      <Field
        label="Key"
        hint="It begins with hk_s_; whoever runs this service makes one with “heksher keys create”."
        error={isPublic ? 'this is a public key, which may evaluate only' : undefined}
      >
        <Input
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </Field>
      <label className={css['check']}>
        <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.target.checked)} />
        Keep it until this tab is closed. Else it is asked for again after each reload.
      </label>
      <div>
        <Button type="submit" kind="primary" disabled={text === '' || isPublic}>
          Sign in
        </Button>
      </div>
    </form>
  );
}
