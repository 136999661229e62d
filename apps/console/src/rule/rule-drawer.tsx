import { formatJson, parseJson, parseSettingType } from '@heksher/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type ApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { exactly } from '../api/exact.js';
import { type SettingView } from '../api/queries.js';
import { conditionProblem } from '../editors/condition.js';
import { ConditionFields } from '../editors/condition-fields.js';
import { MetadataFields } from '../editors/metadata-fields.js';
import { ValueEditor } from '../editors/value-editor.js';
import { columnsOf } from '../matrix/lines.js';
import { useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Conflict } from '../ui/conflict.js';
import { DryRun } from '../ui/dry-run.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { putAside } from '../ui/put-aside.js';
import { keepBeginning, keptBeginning, useKept } from '../ui/use-kept.js';
import { useWrite } from '../ui/use-write.js';
import css from './rule.module.css';
import {
  changesOf,
  compareThree,
  FIELDS,
  type FieldName,
  formOf,
  metadataText,
  ruleOf,
  type RuleForm,
  type StoredRule,
  whereText,
  withField,
} from './rule-form.js';
import { readRule, type TaggedRule } from './stored-rule.js';
import { useRuleEffect } from './use-rule-effect.js';
import { WhatThisDoes } from './what-this-does.js';

type RuleDrawerProps = Readonly<{
  setting: SettingView;
  /** The rule that is edited; absent: a new one is made. */
  id?: number;
  /** What the form begins with; of a rule that is edited, as it was read. */
  begin: TaggedRule;
  onClose: () => void;
}>;

type Meeting = Readonly<{
  error: ApiError;
  base: StoredRule;
  theirs: TaggedRule;
  collisions: readonly FieldName[];
  taken: readonly FieldName[];
  choices: Readonly<Partial<Record<FieldName, 'theirs' | 'yours'>>>;
}>;

/** Makes a rule, or changes one as a whole. */
export function RuleDrawer({ setting, id, begin, onClose }: RuleDrawerProps) {
  const type = useMemo(() => parseSettingType(setting.type), [setting.type]);
  const features = columnsOf(setting);
  /** As it was read last: what one who starts over begins with. */
  const [latest, setLatest] = useState(begin);
  const initial = useMemo(() => formOf(type, latest), [type, latest]);
  const key = `${setting.name}:${id ?? 'new'}`;
  const [form, keep, isKept] = useKept<RuleForm>(key, initial);
  const [base, setBase] = useState(() => (isKept ? (beginningOf(key) ?? begin) : begin));
  const [meeting, setMeeting] = useState<Meeting>();
  const setSearch = useSetSearch();
  const client = useQueryClient();
  const write = useWrite();
  const lacksNote = useLacksNote(form.note);

  const rule = ruleOf(form, type, features);
  const effect = useRuleEffect(setting, rule, id);
  const changes = rule && changesOf(base, rule);
  const isChanged = JSON.stringify(form) !== JSON.stringify(initial);
  const change = (to: Partial<RuleForm>) => {
    write.forget();
    keepBeginning(key, plainOf(base));
    keep({ ...form, ...to });
  };

  const send = (query: { dry_run?: boolean }, to: StoredRule, signal?: AbortSignal) => {
    const options = { query, message: form.note, ...(signal && { signal }) };
    if (id !== undefined)
      return request('put', '/api/v1/rules/{id}', {
        ...options,
        path: { id: id },
        body: changesOf(base, to),
        ifMatch: query.dry_run === true ? undefined : base.etag,
      });
    const body = {
      setting: setting.name,
      feature_values: Object.fromEntries(to.conditions),
      value: exactly(to.value),
      ...metadataIn(to),
    };
    return request('post', '/api/v1/rules', { ...options, body });
  };
  const leave = (row?: string) => {
    keep(undefined);
    onClose();
    if (row !== undefined) setSearch({ edit: undefined, row });
  };
  const save = async () => {
    if (rule === undefined) return;
    const title = id === undefined ? `Added a rule for ${whereText(rule.conditions)}` : `Changed rule ${id}`;
    const answer = await write.run(() => send({}, rule), { title });
    if (answer === undefined) return;
    const made = answer.data !== undefined && 'rule_id' in answer.data ? answer.data.rule_id : id;
    leave(`rule-${made ?? ''}`);
  };
  // Typing goes on while what another wrote is read.
  const typed = useRef(form);
  typed.current = form;
  const meet = async (error: ApiError) => {
    if (id === undefined) return;
    const theirs = await readRule(client, id, features);
    let merged = typed.current;
    const { collisions, taken } = compareThree(base, theirs, ruleOf(merged, type, features) ?? base);
    for (const name of taken) merged = withField(merged, name, theirs, type);
    keep(merged);
    setMeeting({ error, base, theirs, collisions, taken, choices: {} });
    setBase(theirs);
    setLatest(theirs);
    keepBeginning(key, plainOf(theirs));
    write.forget();
  };
  const refused = write.error?.status === 412 ? write.error : undefined;
  useEffect(() => {
    // Where it is gone now, saving says so.
    if (refused !== undefined) meet(refused).catch(() => write.forget());
    // Once for each refusal.
  }, [refused]);
  const choose = (name: string, choice: 'theirs' | 'yours') => {
    if (meeting === undefined || !isField(name)) return;
    setMeeting({ ...meeting, choices: { ...meeting.choices, [name]: choice } });
    if (choice === 'theirs') keep(withField(form, name, meeting.theirs, type));
  };

  const isOpenQuestion = meeting?.collisions.some((name) => meeting.choices[name] === undefined) === true;
  const isGone = write.error?.status === 404;
  const blocked = blockOf();
  function blockOf(): string | undefined {
    if (Object.values(form.conditions).some((value) => conditionProblem(value) !== undefined))
      return 'A condition cannot be so.';
    if (effect?.equal !== undefined) return undefined;
    if (rule === undefined) return 'The value or the metadata is not complete.';
    if (rule.conditions.length === 0) return 'Without a condition this would be for everyone.';
    if (isOpenQuestion) return 'Choose for each part that collides.';
    if (id !== undefined && changes !== undefined && Object.keys(changes).length === 0) return 'Nothing is changed.';
    return lacksNote ? 'Say why.' : undefined;
  }
  const isEqual = effect?.equal !== undefined;

  return (
    <EditDrawer
      title={id === undefined ? 'Add a rule' : `Rule ${id}`}
      error={write.error}
      pointers={['/value', '/metadata', ...features.map((feature) => `/feature_values/${feature}`)]}
      action={id === undefined ? 'Add rule' : 'Save'}
      isPending={write.isPending}
      blocked={isEqual ? 'There is such a rule already.' : blocked}
      isChanged={isChanged}
      isKept={isKept}
      onStartOver={() => {
        keep(undefined);
        setBase(latest);
        setMeeting(undefined);
        write.forget();
      }}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={() => {
        if (rule === undefined) return;
        putAside(operationOf(setting.name, id === undefined ? undefined : base, rule));
        leave();
      }}
    >
      {meeting !== undefined && (
        <Conflict
          error={meeting.error}
          merged={meeting.taken}
          onChoose={choose}
          collisions={meeting.collisions.map((name) => ({
            name,
            base: shown(meeting.base, name),
            theirs: shown(meeting.theirs, name),
            yours:
              rule === undefined
                ? ''
                : meeting.choices[name] === 'theirs'
                  ? shown(meeting.theirs, name)
                  : shown(rule, name),
            choice: meeting.choices[name],
          }))}
        />
      )}
      <ConditionFields features={features} values={form.conditions} onChange={(conditions) => change({ conditions })} />
      {isEqual && (
        <p className={css['equal']} role="status">
          Rule {effect.equal?.id} has exactly these conditions.{' '}
          <Button
            size="small"
            onClick={() => {
              keep(undefined);
              setSearch({ edit: `rule-${effect.equal?.id ?? ''}` });
            }}
          >
            Edit it instead
          </Button>
        </p>
      )}
      {rule?.conditions.length === 0 && (
        <p className={css['equal']} role="status">
          No condition: this would be for everyone.{' '}
          <Button size="small" onClick={() => setSearch({ edit: 'everyone' })}>
            Give everyone a value
          </Button>
        </p>
      )}
      <ValueEditor
        type={type}
        draft={form.value}
        onChange={(value) => change({ value })}
        label={`${setting.name} is`}
        pointer="/value"
      />
      <MetadataFields draft={form.metadata} onChange={(metadata) => change({ metadata })} />
      <NoteField value={form.note} onChange={(note) => change({ note })} />
      {effect !== undefined && !isEqual && <WhatThisDoes effect={effect} isPartial={setting.lines_omitted > 0} />}
      <DryRun
        of={
          rule === undefined || blocked !== undefined || isEqual || write.isPending
            ? undefined
            : `${id ?? ''} ${formatJson(rule.value)} ${JSON.stringify(rule.conditions)}`
        }
        send={(signal) => send({ dry_run: true }, rule ?? begin, signal)}
        isWithFindings={effect?.findings === undefined}
      />
      {isGone && rule !== undefined && (
        <p className={css['equal']}>
          It was deleted meanwhile.{' '}
          <Button size="small" onClick={() => setSearch({ edit: 'new' })}>
            Make it again
          </Button>
        </p>
      )}
    </EditDrawer>
  );
}

function beginningOf(key: string): TaggedRule | undefined {
  const kept = keptBeginning<ReturnType<typeof plainOf>>(key);
  return kept && { ...kept, value: parseJson(kept.value), metadata: parseJson(kept.metadata) };
}

/** As it can be kept. */
function plainOf(rule: TaggedRule) {
  return { ...rule, value: formatJson(rule.value), metadata: metadataText(rule) };
}

function isField(name: string): name is FieldName {
  return FIELDS.some((field) => field === name);
}

function shown(rule: StoredRule, name: FieldName): string {
  if (name === 'metadata') return metadataText(rule);
  return name === 'value' ? formatJson(rule.value) : whereText(rule.conditions);
}

/** Of a new rule, where it has any. */
function metadataIn({ metadata }: StoredRule) {
  return metadata?.kind === 'object' && metadata.members.size > 0 ? { metadata: exactly(metadata) } : {};
}

function operationOf(setting: string, base: StoredRule | undefined, rule: StoredRule) {
  const feature_values = Object.fromEntries((base ?? rule).conditions);
  if (base === undefined)
    return { op: 'put_rule', setting, feature_values, value: exactly(rule.value), ...metadataIn(rule), expect: null };
  return {
    op: 'patch_rule',
    setting,
    feature_values,
    set: changesOf(base, rule),
    expect: { value: exactly(base.value) },
  };
}
