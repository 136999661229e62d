import { formatDifference, writeJson } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useState } from 'react';
import { request } from '../api/client.js';
import { contextFeaturesQuery, type SettingView } from '../api/queries.js';
import {
  attributeText,
  bodyOf,
  formOf,
  nextVersion,
  type NextVersion,
  rebased,
  type AttributeName,
} from '../editors/declaration.js';
import { DeclarationFields } from '../editors/declaration-fields.js';
import { Acknowledgement, useConsent } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { keepBeginning, keptBeginning, useKept } from '../ui/use-kept.js';
import { useWrite } from '../ui/use-write.js';
import css from './definition.module.css';

type ChangeDefinitionProps = Readonly<{ setting: SettingView; onClose: () => void }>;

/** Declares the setting anew, at the smallest version that the change may have: so nobody's change in between is overwritten. */
export function ChangeDefinition({ setting, onClose }: ChangeDefinitionProps) {
  const { data: answer } = useQuery(contextFeaturesQuery());
  const key = `${setting.name}:definition`;
  const initial = useMemo(() => formOf(setting), [setting]);
  const [form, keep, isKept] = useKept(key, initial);
  const [begun, setBegun] = useState(() => (isKept ? (keptBeginning<typeof initial>(key) ?? initial) : initial));
  const [met, setMet] = useState<Met>();
  // What was declared meanwhile is not put back unseen.
  useEffect(() => {
    const { form: next, taken, both } = rebased(form, begun, initial);
    if (taken.length + both.length === 0) return;
    setMet({ taken, both });
    setBegun(initial);
    keepBeginning(key, initial);
    keep(next);
    // Only what is declared moves it, not what is typed.
  }, [initial]);
  const change = (next: typeof form) => {
    write.forget();
    setRead(false);
    keepBeginning(key, begun);
    keep(next);
  };
  const [isRead, setRead] = useState(false);
  const write = useWrite();
  const id = useId();
  const mustRead = useConsent('acknowledge') === 'acknowledge';
  const lacksNote = useLacksNote(form.note);
  const next = nextVersion(setting, form);
  const body = next?.kind === 'version' ? bodyOf(form, next.version) : undefined;
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('post', '/api/v1/settings/declare', {
      query,
      body: body ?? {},
      message: form.note,
      ...(signal && { signal }),
    });
  const leave = () => {
    keep(undefined);
    onClose();
  };
  const save = async () => {
    const title = `${setting.name} is at version ${next?.kind === 'version' ? next.version : ''}`;
    if ((await write.run(() => send({}), { title })) !== undefined) leave();
  };
  const blocked = blockOf();
  function blockOf(): string | undefined {
    if (form.features.length === 0) return 'Choose what it is configurable by.';
    if (next === undefined) return 'It is not complete.';
    if (next.kind === 'none') return 'Nothing is changed.';
    if (next.kind === 'never') return 'No version allows this while rules or rollouts rely on what is there.';
    if (mustRead && !isRead) return 'Say that you have read what follows.';
    return lacksNote ? 'Say why.' : undefined;
  }
  return (
    <EditDrawer
      title="Change the definition"
      error={write.error}
      pointers={['/type', '/default_value', '/metadata']}
      action={next?.kind === 'version' ? `Declare ${next.version}` : 'Declare'}
      isPending={write.isPending}
      blocked={blocked}
      isChanged={JSON.stringify(form) !== JSON.stringify(begun)}
      isKept={isKept}
      onStartOver={() => {
        keep(undefined);
        setBegun(initial);
      }}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        if (body === undefined) return;
        putAside({ op: 'declare', ...body });
        leave();
      }}
    >
      {met !== undefined && <DeclaredMeanwhile setting={setting} now={initial} met={met} />}
      <DeclarationFields
        form={form}
        features={answer?.data.context_features ?? setting.context_features}
        onChange={change}
      />
      <NoteField value={form.note} onChange={(note) => change({ ...form, note })} />
      {next !== undefined && <WhatFollows setting={setting} next={next} />}
      <DryRun
        of={body === undefined ? undefined : `declare ${writeJson(body)}`}
        send={(signal) => send({ dry_run: true }, signal)}
      />
      {mustRead && next?.kind === 'version' && <Acknowledgement id={id} isRead={isRead} onChange={setRead} />}
    </EditDrawer>
  );
}

type Met = Readonly<{ taken: readonly AttributeName[]; both: readonly AttributeName[] }>;

function DeclaredMeanwhile({
  setting,
  now,
  met: { taken, both },
}: Readonly<{ setting: SettingView; now: ReturnType<typeof formOf>; met: Met }>) {
  return (
    <section className={css['follows']} role="alert" aria-label="Declared meanwhile">
      <p>
        <b>It was declared anew while you edited it</b>, and is at {setting.version}.
        {taken.length > 0 && ` Taken from there, since you had not changed it: ${taken.join(', ')}.`}
      </p>
      {both.map((name) => (
        <p key={name}>
          Both of you changed {name}: there it is <code>{attributeText(now, name).slice(0, 200)}</code>, and yours would
          take its place.
        </p>
      ))}
    </section>
  );
}

function WhatFollows({ setting, next }: Readonly<{ setting: SettingView; next: NextVersion }>) {
  if (next.kind === 'none') return null;
  return (
    <section className={css['follows']} aria-label="What follows">
      <h3>What follows</h3>
      <ul>
        {next.differences.map((difference) => (
          <li key={writeJson(formatDifference(difference))}>
            {'message' in difference
              ? difference.message
              : `${NAMES[difference.attribute] ?? difference.attribute} changes`}{' '}
            ({difference.level})
          </li>
        ))}
      </ul>
      {next.kind === 'version' && (
        <p>
          {setting.version} becomes <b>{next.version}</b>, the smallest version that may say so
          {next.isMajor && ': readers may notice'}. Code that declares {setting.version} goes on. Code that ships its
          own {next.version} with anything else is refused as a mismatch: let the code follow.
        </p>
      )}
    </section>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  configurable_features: 'what it is configurable by',
  type: 'the type',
  default_value: 'the default',
  metadata: 'the metadata',
};
