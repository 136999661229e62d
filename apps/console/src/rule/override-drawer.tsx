import { formatJson, parseSettingType } from '@heksher/core';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useMemo, useState } from 'react';
import { addToChangeSet } from '../api/change-set-draft.js';
import { request } from '../api/client.js';
import { exactly, NO_MEMBERS } from '../api/exact.js';
import { keys, type SettingView } from '../api/queries.js';
import { draftOf, valueOfDraft } from '../editors/draft.js';
import { ValueEditor } from '../editors/value-editor.js';
import { isOverride } from '../matrix/lines.js';
import { useSetSearch } from '../ui/address.js';
import { Acknowledgement, useConsent } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { toast } from '../ui/toast.js';
import { useKept } from '../ui/use-kept.js';
import { useWrite } from '../ui/use-write.js';
import css from './rule.module.css';
import { readRule } from './stored-rule.js';

type OverrideDrawerProps = Readonly<{ setting: SettingView; onClose: () => void }>;
type Now = Awaited<ReturnType<typeof readOverride>>;

/** An operator's value for everyone for whom no rule or rollout decides, in place of the default, which belongs to the code. */
export function OverrideDrawer({ setting, onClose }: OverrideDrawerProps) {
  const client = useQueryClient();
  const { data: now } = useQuery({
    queryKey: [...keys.setting(setting.name), 'override'],
    queryFn: () => readOverride(client, setting),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const [first, setFirst] = useState(now);
  if (first === undefined && now !== undefined) setFirst(now);
  return first === undefined ? null : <Override setting={setting} now={first} onClose={onClose} />;
}

/** The rule that it is, with its tag; null where there is none. */
async function readOverride(client: QueryClient, { lines }: SettingView) {
  const line = lines.find(isOverride);
  if (line?.kind !== 'rule') return null;
  const rule = await readRule(client, line.rule_id, []);
  return { ...rule, id: line.rule_id };
}

function Override({ setting, now, onClose }: OverrideDrawerProps & Readonly<{ now: Now }>) {
  const type = useMemo(() => parseSettingType(setting.type), [setting.type]);
  const initial = useMemo(
    () => ({ value: draftOf(type, now?.value ?? setting.default_value), note: '' }),
    [type, now, setting],
  );
  const [form, keep, isKept] = useKept(`${setting.name}:everyone`, initial);
  const [isRead, setRead] = useState(false);
  const setSearch = useSetSearch();
  const write = useWrite();
  const id = useId();
  const mustRead = useConsent('acknowledge') === 'acknowledge';
  const value = valueOfDraft(type, form.value);
  const lacksNote = useLacksNote(form.note);
  const isChanged = JSON.stringify(form) !== JSON.stringify(initial);
  const isSame = now !== null && value !== undefined && formatJson(now.value) === formatJson(value);
  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) =>
    request('put', '/api/v1/settings/{name}/override', {
      path: { name: setting.name },
      query,
      body: {
        value: exactly(value ?? setting.default_value),
        ...(now !== null && { metadata: exactly(now.metadata ?? NO_MEMBERS) }),
      },
      message: form.note,
      ifMatch: query.dry_run === true ? undefined : now?.etag,
      ...(signal && { signal }),
    });
  const save = async () => {
    const title = `Everyone gets ${value === undefined ? '' : formatJson(value).slice(0, 40)} for ${setting.name}`;
    if ((await write.run(() => send({}), { title })) === undefined) return;
    keep(undefined);
    onClose();
  };
  const blocked =
    value === undefined
      ? 'The value is not complete.'
      : isSame
        ? 'Nothing is changed.'
        : mustRead && !isRead
          ? 'Say that you have read what follows.'
          : lacksNote
            ? 'Say why.'
            : undefined;
  return (
    <EditDrawer
      title="A value for everyone"
      description={
        <>
          For everyone for whom no rule or rollout decides, in place of the default{' '}
          <code>{formatJson(setting.default_value).slice(0, 80)}</code>, which belongs to the code.
        </>
      }
      error={write.error}
      pointers={['/value']}
      action="Save"
      isPending={write.isPending}
      blocked={blocked}
      isChanged={isChanged}
      isKept={isKept}
      onStartOver={() => keep(undefined)}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        if (value === undefined) return;
        const expect = now === null ? null : { value: exactly(now.value) };
        addToChangeSet({ op: 'put_rule', setting: setting.name, value: exactly(value), expect });
        toast({ title: 'Added to the change set' });
        keep(undefined);
        onClose();
      }}
    >
      <ValueEditor
        type={type}
        draft={form.value}
        onChange={(next) => {
          write.forget();
          keep({ ...form, value: next });
        }}
        label={`${setting.name} is`}
        pointer="/value"
      />
      <NoteField value={form.note} onChange={(note) => keep({ ...form, note })} />
      <DryRun
        of={value === undefined || isSame ? undefined : `everyone ${setting.name} ${formatJson(value)}`}
        send={(signal) => send({ dry_run: true }, signal)}
      />
      {mustRead && <Acknowledgement id={id} isRead={isRead} onChange={setRead} />}
      {now !== null && (
        <p className={css['soft']}>
          To give the default back to the code,{' '}
          <a
            href={`?delete=rule-${now.id}`}
            onClick={(event) => {
              event.preventDefault();
              setSearch({ edit: undefined, delete: `rule-${now.id}` });
            }}
          >
            take this value away
          </a>
          .
        </p>
      )}
    </EditDrawer>
  );
}
