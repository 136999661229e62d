import { conditionsKey, type SettingType, type Writable, writeJson } from '@heksher/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type ApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { keys, type SettingView } from '../api/queries.js';
import { type Draft } from '../editors/draft.js';
import { useConsent } from '../ui/consent.js';
import { useLacksNote } from '../ui/note-field.js';
import { useNow } from '../ui/time.js';
import { keepBeginning, keptBeginning, useKept } from '../ui/use-kept.js';
import { useWrite } from '../ui/use-write.js';
import { takesAway } from './moved.js';
import {
  bodyOf,
  changesBetween,
  formOf,
  PARTS,
  type PartName,
  partText,
  type RolloutForm,
  whereOf,
  withPart,
} from './rollout-form.js';
import { scheduleSteps } from './schedule-steps.js';
import { stepsOf } from './share-form.js';
import { keyOf, readRollout, type ReadRollout } from './stored-rollout.js';

type Meeting = Readonly<{
  error: ApiError;
  base: RolloutForm;
  theirs: RolloutForm;
  collisions: readonly PartName[];
  taken: readonly PartName[];
  choices: Readonly<Partial<Record<PartName, 'theirs' | 'yours'>>>;
}>;

/** What is edited, with the tag to give back. */
type Base = Readonly<{ form: RolloutForm; etag: string | undefined; isOff: boolean }>;

export type Editing = ReturnType<typeof useRolloutForm>;

const NAMES = Object.keys(PARTS) as PartName[];

/**
 * The form of a rollout: what was read, what is typed, what is sent, and what others did meanwhile. Another `begin` is shown where nothing was typed
 * over the one before.
 */
export function useRolloutForm(
  setting: SettingView,
  type: SettingType,
  begin: ReadRollout | undefined,
  initial: RolloutForm,
  fallback: Draft,
) {
  const id = begin?.data.rollout_id;
  const key = `${setting.name}:rollout-${id ?? 'new'}`;
  // What another made of it, since `begin` was read.
  const [met, setMet] = useState<Readonly<{ begin: ReadRollout; base: Base }>>();
  const begun: Base = { form: initial, etag: begin?.etag, isOff: begin?.data.enabled === false };
  const latest = met !== undefined && met.begin === begin ? met.base : begun;
  const [form, keep, isKept] = useKept<RolloutForm>(key, latest.form);
  const [base, setBase] = useState(() => (isKept ? (keptBeginning<Base>(key) ?? begun) : begun));
  const [meeting, setMeeting] = useState<Meeting>();
  const [isRead, setRead] = useState(false);
  const client = useQueryClient();
  const write = useWrite();
  const nowMs = useNow();
  const mustRead = useConsent('acknowledge') === 'acknowledge';
  const lacksNote = useLacksNote(form.note);

  const reading = bodyOf(form, type);
  const before = bodyIn(base.form, type);
  const twin = twinOf(setting, form, id);
  const body = 'body' in reading ? reading.body : undefined;
  const changes = body === undefined ? {} : id === undefined ? body : changesIn(form, before, body);
  const consequence = id === undefined ? undefined : takesAway(base.form, form, nowMs);

  const send = (query: { dry_run?: boolean }, signal?: AbortSignal) => {
    const options = { query, message: form.note, ...(signal && { signal }) };
    if (id === undefined)
      return request('post', '/api/v1/rollouts', {
        ...options,
        body: { setting: setting.name, feature: form.feature, ...changes },
      });
    return request('patch', '/api/v1/rollouts/{id}', {
      ...options,
      path: { id: id },
      body: changes,
      ifMatch: query.dry_run === true ? undefined : base.etag,
    });
  };
  const save = async (title: string) => {
    const { feature, share, note } = form;
    const steps = share.kind === 'steps' ? stepsOf(share, Date.now()) : [];
    const answer = await write.run(() => send({}), { title });
    if (answer === undefined || typeof steps === 'string' || steps.length === 0) return answer;
    const feature_values = Object.fromEntries(whereOf(form));
    await scheduleSteps({ about: keyOf(setting.name, { feature, feature_values }), steps, note });
    await client.invalidateQueries({ queryKey: keys.changesets });
    return answer;
  };
  // Typing goes on while what another wrote is read.
  const typed = useRef(form);
  typed.current = form;
  const meet = async (error: ApiError) => {
    if (id === undefined || begin === undefined) return;
    const now = await readRollout(client, id);
    const theirs = formOf(type, now.data, fallback);
    const [was, is, mine] = [base.form, theirs, typed.current].map((one) => bodyIn(one, type));
    const differs = (a: typeof was, b: typeof was, part: PartName) =>
      partText(a ?? {}, part) !== partText(b ?? {}, part);
    const theyChanged = NAMES.filter((part) => differs(was, is, part));
    const taken = theyChanged.filter((part) => !differs(was, mine, part));
    keep(taken.reduce((merged, part) => withPart(merged, part, theirs), typed.current));
    const collisions = theyChanged.filter((part) => differs(was, mine, part) && differs(is, mine, part));
    setMeeting({ error, base: base.form, theirs, collisions, taken, choices: {} });
    const next = { form: theirs, etag: now.etag, isOff: !now.data.enabled };
    setMet({ begin, base: next });
    setBase(next);
    keepBeginning(key, next);
    write.forget();
  };
  const refused = write.error?.status === 412 ? write.error : undefined;
  useEffect(() => {
    // Where it is gone now, saving says so.
    if (refused !== undefined) meet(refused).catch(() => write.forget());
    // Once for each refusal.
  }, [refused]);

  const isChanged = JSON.stringify(form) !== JSON.stringify(base.form);
  const restart = () => {
    keep(undefined);
    setBase(latest);
    setMeeting(undefined);
    setRead(false);
    write.forget();
  };
  const [shown, setShown] = useState(isKept ? undefined : begin);
  if (begin !== shown && !isChanged) {
    setShown(begin);
    if (begin?.etag !== base.etag) restart();
  }

  return {
    form,
    isKept,
    type,
    id,
    before: id === undefined ? undefined : base.form,
    /** It decides for nobody until it is switched on. */
    isOff: base.isOff,
    write,
    isRead,
    setRead,
    isChanged,
    consequence: mustRead ? consequence : undefined,
    change: (to: Partial<RolloutForm>) => {
      write.forget();
      setRead(false);
      keepBeginning(key, base);
      keep({ ...form, ...to });
    },
    forget: restart,
    blocked: blockOf(),
    dryRun:
      body === undefined || twin !== undefined || write.isPending || Object.keys(changes).length === 0
        ? undefined
        : `rollout ${id ?? 'new'} ${form.feature} ${writeJson(changes)}`,
    send,
    save,
    changes,
    collisions: meeting && {
      error: meeting.error,
      merged: meeting.taken,
      collisions: meeting.collisions.map((name) => ({
        name,
        base: partText(bodyIn(meeting.base, type), name),
        theirs: partText(bodyIn(meeting.theirs, type), name),
        yours: partText(bodyIn(form, type), name),
        choice: meeting.choices[name],
      })),
      onChoose: (name: string, choice: 'theirs' | 'yours') => {
        const part = NAMES.find((one) => one === name);
        if (part === undefined) return;
        setMeeting({ ...meeting, choices: { ...meeting.choices, [part]: choice } });
        if (choice === 'theirs') keep(withPart(form, part, meeting.theirs));
      },
    },
  };

  function blockOf(): string | undefined {
    if ('problem' in reading) return reading.problem;
    if (base.isOff && form.share.kind === 'steps') return 'Switch it on before it is raised by steps.';
    if (meeting?.collisions.some((part) => meeting.choices[part] === undefined) === true)
      return 'Choose for each part that collides.';
    if (twin !== undefined) return `Rollout ${twin} has exactly these conditions: edit it instead.`;
    if (id !== undefined && Object.keys(changes).length === 0) return 'Nothing is changed.';
    if (mustRead && consequence !== undefined && !isRead) return 'Say that you know who loses it.';
    return lacksNote ? 'Say why.' : undefined;
  }
}

function bodyIn(form: RolloutForm, type: SettingType): Readonly<Record<string, Writable>> {
  const reading = bodyOf(form, type);
  return 'body' in reading ? reading.body : {};
}

type Body = Readonly<Record<string, Writable>>;

/** Steps begin with the share that they name, be it the one that is there. */
function changesIn(form: RolloutForm, before: Body, body: Body): Body {
  const { percentage } = body;
  return {
    ...changesBetween(before, body),
    ...(form.share.kind === 'steps' && percentage !== undefined && { percentage }),
  };
}

/** Another rollout with the same feature and conditions: there is one of each. */
function twinOf({ lines }: SettingView, form: RolloutForm, id: number | undefined): number | undefined {
  const keyOf = (feature: string, values: Readonly<Record<string, string>>): string =>
    feature + conditionsKey(Object.entries(values).filter(([name, value]) => value !== '' && name !== feature));
  const own = keyOf(form.feature, form.conditions);
  const twin = lines.find(
    (line) => line.kind === 'rollout' && line.rollout_id !== id && keyOf(line.feature, line.feature_values) === own,
  );
  return twin?.kind === 'rollout' ? twin.rollout_id : undefined;
}
