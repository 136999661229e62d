import { formatJson, parseSettingType } from '@heksher/core';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { exactly, NO_MEMBERS } from '../api/exact.js';
import { keys, type SettingView } from '../api/queries.js';
import { draftOf, valueOfDraft } from '../editors/draft.js';
import { ValueEditor } from '../editors/value-editor.js';
import { isOverride } from '../matrix/lines.js';
import { useSetSearch } from '../ui/address.js';
import { Conflict } from '../ui/conflict.js';
import { Acknowledgement, useConsent } from '../ui/consent.js';
import { Drawer, DrawerSkeleton } from '../ui/drawer.js';
import { DryRun } from '../ui/dry-run.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { Failure } from '../ui/failure.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { useFirst } from '../ui/use-first.js';
import { useKept } from '../ui/use-kept.js';
import { useWrite } from '../ui/use-write.js';
import css from './rule.module.css';

type OverrideDrawerProps = Readonly<{ setting: SettingView; onClose: () => void }>;
type Now = Awaited<ReturnType<typeof readOverride>>;

/** An operator's value for everyone for whom no rule or rollout decides, in place of the default, which belongs to the code. */
export function OverrideDrawer({ setting, onClose }: OverrideDrawerProps) {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['rule-begin', 'everyone', setting.name],
    queryFn: () => (mayHaveOverride(setting) ? readOverride(client, setting.name) : null),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const now = useFirst(data);
  if (now !== undefined) return <Override setting={setting} now={now} onClose={onClose} />;
  if (error === null) return <DrawerSkeleton title={TITLE} onClose={onClose} />;
  return (
    <Drawer title={TITLE} onClose={onClose}>
      <Failure error={error} />
    </Drawer>
  );
}

const TITLE = 'A value for everyone';

/** Where there is none, to ask for it is an error that the browser notes. */
function mayHaveOverride({ lines, lines_omitted }: SettingView): boolean {
  return lines_omitted > 0 || lines.some(isOverride);
}

/** The rule that it is, with its tag; null where there is none. */
async function readOverride(client: QueryClient, name: string) {
  try {
    const { data, etag } = await client.fetchQuery({
      queryKey: [...keys.setting(name), 'override'],
      queryFn: ({ signal }) => request('get', '/api/v1/settings/{name}/override', { path: { name }, signal }),
      staleTime: 0,
      gcTime: 0,
    });
    return { value: data.value, metadata: data.metadata, id: data.rule_id, etag };
  } catch (error) {
    if (isApiError(error, 404)) return null;
    throw error;
  }
}

/** What another made of it meanwhile; undefined: it is not chosen yet whose is to be. */
type Meeting = Readonly<{ error: ApiError; base: Now; choice: 'theirs' | 'yours' | undefined }>;

function Override({ setting, now: begin, onClose }: OverrideDrawerProps & Readonly<{ now: Now }>) {
  const client = useQueryClient();
  const [now, setNow] = useState(begin);
  const [meeting, setMeeting] = useState<Meeting>();
  const type = useMemo(() => parseSettingType(setting.type), [setting.type]);
  // Made once for what was read: its items have ids of their own.
  const initial = useMemo(() => ({ value: draftOf(type, now?.value ?? setting.default_value), note: '' }), [type, now]);
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
      ...(query.dry_run !== true && { ifMatch: now?.etag, isNew: now === null }),
      ...(signal && { signal }),
    });
  const save = async () => {
    const title = `Everyone gets ${value === undefined ? '' : formatJson(value).slice(0, 40)} for ${setting.name}`;
    if ((await write.run(() => send({}), { title })) === undefined) return;
    keep(undefined);
    onClose();
  };
  const refused = write.error?.status === 412 ? write.error : undefined;
  useEffect(() => {
    if (refused === undefined) return;
    void readOverride(client, setting.name).then((theirs) => {
      setMeeting({ error: refused, base: now, choice: undefined });
      setNow(theirs);
      write.forget();
    });
    // Once for each refusal.
  }, [refused]);
  const shown = (one: Now) => (one === null ? 'the default' : formatJson(one.value));
  const choose = (choice: 'theirs' | 'yours') => {
    setMeeting(meeting && { ...meeting, choice });
    if (choice === 'theirs') keep({ ...form, value: draftOf(type, now?.value ?? setting.default_value) });
  };
  const blocked =
    value === undefined
      ? 'The value is not complete.'
      : meeting !== undefined && meeting.choice === undefined && !isSame
        ? 'Choose whose value it is to be.'
        : isSame
          ? 'Nothing is changed.'
          : mustRead && !isRead
            ? 'Say that you have read what follows.'
            : lacksNote
              ? 'Say why.'
              : undefined;
  return (
    <EditDrawer
      title={TITLE}
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
      onStartOver={() => {
        keep(undefined);
        setMeeting(undefined);
        write.forget();
      }}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        if (value === undefined) return;
        const expect = now === null ? null : { value: exactly(now.value) };
        putAside({ op: 'put_rule', setting: setting.name, value: exactly(value), expect });
        keep(undefined);
        onClose();
      }}
    >
      {meeting !== undefined && (
        <Conflict
          error={meeting.error}
          merged={[]}
          onChoose={(_, choice) => choose(choice)}
          collisions={
            isSame && meeting.choice === undefined
              ? []
              : [
                  {
                    name: 'value',
                    base: shown(meeting.base),
                    theirs: shown(now),
                    yours: value === undefined ? '' : formatJson(value),
                    choice: meeting.choice,
                  },
                ]
          }
        />
      )}
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
