import { isSettingName, SETTING_NAME_RULE, writeJson } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent } from 'react';
import { request } from '../api/client.js';
import { useReadOnly } from '../api/config.js';
import { contextFeaturesQuery, keys } from '../api/queries.js';
import { bodyOf, declaredBy, NEW_DECLARATION } from '../editors/declaration.js';
import { DeclarationFields } from '../editors/declaration-fields.js';
import { useSearchTexts } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Field, FormError, FormSummary, Input } from '../ui/field.js';
import { FormFields } from '../ui/form-fields.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { Page } from '../ui/page.js';
import { putAside } from '../ui/put-aside.js';
import { useKept } from '../ui/use-kept.js';
import { useRested } from '../ui/use-rested.js';
import { useWrite } from '../ui/use-write.js';
import css from './declare.module.css';
import { snippetsOf } from './snippets.js';

const POINTERS = ['/name', '/type', '/default_value', '/metadata'];

/** Declares a setting, as code would. */
export function DeclarePage() {
  const { name: asked } = useSearchTexts();
  const [form, keep] = useKept('declare', asked === undefined ? NEW_DECLARATION : { ...NEW_DECLARATION, name: asked });
  const { data: answer } = useQuery(contextFeaturesQuery());
  const features = answer?.data.context_features ?? [];
  const isReadOnly = useReadOnly();
  const navigate = useNavigate();
  const write = useWrite();
  const lacksNote = useLacksNote(form.note);
  const { taken, isChecking } = useTaken(form.name);
  const body = bodyOf(form, '1.0');
  const blocked = blockOf();
  function blockOf(): string | undefined {
    if (form.name === '') return 'It needs a name.';
    if (!isSettingName(form.name) || taken !== undefined) return 'It needs another name.';
    if (form.features.length === 0) return 'Choose what it is configurable by.';
    if (declaredBy(form, { major: 1, minor: 0 }) === undefined) return 'The default is not complete.';
    return lacksNote ? 'Say why.' : isChecking ? 'Looking whether the name is free…' : undefined;
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (blocked !== undefined || body === undefined) return;
    const done = await write.run(() => request('post', '/api/v1/settings/declare', { body, message: form.note }), {
      title: `Declared ${form.name}`,
    });
    if (done === undefined) return;
    keep(undefined);
    void navigate({ to: '/settings/$name', params: { name: form.name } });
  };
  if (isReadOnly !== undefined)
    return (
      <Page title="Declare a setting">
        <p>{isReadOnly}</p>
      </Page>
    );
  return (
    <Page title="Declare a setting" trail={<Link to="/settings">Settings</Link>}>
      <FormError value={write.error}>
        <div className={css['page']}>
          <form onSubmit={(event) => void submit(event)} noValidate>
            <FormFields isPending={write.isPending} className={css['form']}>
              <Field
                label="Name"
                pointer="/name"
                error={nameProblem(form.name)}
                hint={<Taken name={form.name} taken={taken} />}
              >
                <Input
                  value={form.name}
                  spellCheck={false}
                  autoComplete="off"
                  placeholder="such as web.new_checkout"
                  onChange={(event) => keep({ ...form, name: event.target.value })}
                />
              </Field>
              <DeclarationFields
                form={form}
                features={features}
                onChange={(next) => {
                  write.forget();
                  keep(next);
                }}
              />
              <NoteField value={form.note} onChange={(note) => keep({ ...form, note })} />
              <FormSummary error={write.error} pointers={POINTERS} />
              <div className={css['tools']}>
                <Button type="submit" kind="primary" isPending={write.isPending} disabled={blocked !== undefined}>
                  Declare
                </Button>
                <Button
                  disabled={blocked !== undefined}
                  onClick={() => {
                    if (body === undefined) return;
                    putAside({ op: 'declare', ...body });
                    keep(undefined);
                  }}
                >
                  Add to change set
                </Button>
                {blocked !== undefined && <span className={css['soft']}>{blocked}</span>}
              </div>
            </FormFields>
          </form>
          <section className={css['code']}>
            <h2>What code says</h2>
            <p className={css['soft']}>
              Code should declare this too: what is declared here, code must repeat exactly.
            </p>
            {body !== undefined &&
              snippetsOf(form, writeJson(body)).map(({ title, text }) => (
                <div key={title}>
                  <header>
                    <h3>{title}</h3>
                    <Button size="small" kind="quiet" onClick={() => copyText(text, `the ${title}`)}>
                      Copy
                    </Button>
                  </header>
                  <pre tabIndex={0} aria-label={title}>
                    {text}
                  </pre>
                </div>
              ))}
            {body === undefined && <p>As soon as the default is complete.</p>}
          </section>
        </div>
      </FormError>
    </Page>
  );
}

function nameProblem(name: string): string | undefined {
  return name === '' || isSettingName(name) ? undefined : `must be ${SETTING_NAME_RULE}`;
}

function Taken({ name, taken }: Readonly<{ name: string; taken: string | undefined }>) {
  if (taken === undefined) return null;
  return (
    <span>
      {taken === name ? 'There is such a setting already: ' : 'It is an alias of '}
      <Link to="/settings/$name" params={{ name: taken }}>
        {taken}
      </Link>
    </span>
  );
}

/** The name of the setting that a name or an alias is in use by. */
function useTaken(name: string): Readonly<{ taken: string | undefined; isChecking: boolean }> {
  const rested = useRested(name, 250);
  const { data, isFetching } = useQuery({
    queryKey: [...keys.setting(rested), 'taken'],
    queryFn: async ({ signal }) => {
      const query = { q: rested, limit: 100, include_additional_data: true };
      const { data: found } = await request('get', '/api/v1/settings', { query, signal });
      const users = found.settings.filter(
        (one) => one.name === rested || ('aliases' in one && one.aliases.includes(rested)),
      );
      return users[0]?.name ?? null;
    },
    enabled: isSettingName(rested),
  });
  return { taken: rested === name ? (data ?? undefined) : undefined, isChecking: isFetching || rested !== name };
}
