import { type Json } from '@heksher/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { operationOf, setChangeSetDraft, useChangeSetDraft } from '../api/change-set-draft.js';
import { useReadOnly } from '../api/config.js';
import { forgetAll } from '../api/queries.js';
import { useMay } from '../api/who.js';
import { Operations } from '../difference/operations.js';
import { DryRun, useDryRun } from '../ui/dry-run.js';
import { Button } from '../ui/button.js';
import { FormSummary } from '../ui/field.js';
import { FormFields } from '../ui/form-fields.js';
import { NoteField, useLacksNote } from '../ui/note-field.js';
import { Empty, Page } from '../ui/page.js';
import { toast } from '../ui/toast.js';
import css from './changesets.module.css';
import { sendChangeset } from './changeset-queries.js';
import { toastApplied } from './undo.js';

/** The change set that is being made: what it changes all together, and what becomes of it. */
export function ReviewPage() {
  const draft = useChangeSetDraft();
  const readOnly = useReadOnly();
  return (
    <Page title="New change set" trail={<Link to="/change-sets">Change sets</Link>}>
      {draft.length === 0 || readOnly !== undefined ? (
        <Empty title="It is empty">
          <p>
            Where a line is edited there is “Add to change set”. All that is in it is applied as one, or none of it.
          </p>
          <Link to="/settings">All settings</Link>
        </Empty>
      ) : (
        <Review draft={draft} />
      )}
    </Page>
  );
}

function Review({ draft }: Readonly<{ draft: readonly string[] }>) {
  const send = (signal: AbortSignal) => sendChangeset(draft, { isDryRun: true }, signal);
  const { error, isFetching } = useDryRun(draft.join('\n'), send);
  const [problems, setProblems] = useState<ApiError>();
  return (
    <div className={css['columns']}>
      <section className={css['part']}>
        <h2>What it changes</h2>
        <Operations
          operations={draft.map(operationOf)}
          problems={problemsOf(problems ?? error)}
          onRemove={(place) => {
            setProblems(undefined);
            setChangeSetDraft(draft.toSpliced(place, 1));
          }}
        />
      </section>
      <div className={css['side']}>
        <DryRun of={draft.join('\n')} send={send} isOneSetting={false} />
        <Decide draft={draft} isBlocked={error !== undefined || isFetching} onRefused={setProblems} />
      </div>
    </div>
  );
}

/** What stands against each operation, by its place. */
function problemsOf(error: ApiError | undefined): ReadonlyMap<number, readonly string[]> {
  const problems = new Map<number, string[]>();
  for (const { operation, message, pointer } of error?.problem.errors ?? []) {
    const [, , place] = pointer?.split('/') ?? [];
    const at = typeof operation === 'number' ? operation : Number(place);
    if (Number.isInteger(at)) problems.set(at, [...(problems.get(at) ?? []), message]);
  }
  return problems;
}

type DecideProps = Readonly<{
  draft: readonly string[];
  isBlocked: boolean;
  onRefused: (error: ApiError | undefined) => void;
}>;

function Decide({ draft, isBlocked, onRefused }: DecideProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const may = useMay();
  const id = useId();
  const [note, setNote] = useState('');
  const [when, setWhen] = useState('');
  const [error, setError] = useState<ApiError>();
  const [isPending, setPending] = useState(false);
  const lacksNote = useLacksNote(note);
  const mayApply = draft.every((text) => may('write', settingOf(text)));
  const send = async (isProposal: boolean): Promise<void> => {
    setPending(true);
    try {
      const applyAt = when === '' ? undefined : new Date(when).toISOString();
      const { data } = await sendChangeset(draft, { message: note, applyAt, isProposal });
      setChangeSetDraft([]);
      await forgetAll(queryClient);
      if (!('changeset_id' in data)) return;
      if (data.state === 'applied') toastApplied(data.changeset_id, data.undo as Json | undefined, queryClient);
      else
        toast({
          title: data.state === 'scheduled' ? 'The change set is scheduled' : 'The change set waits for approval',
        });
      await navigate({ to: '/change-sets/$id', params: { id: String(data.changeset_id) } });
    } catch (refused) {
      if (!isApiError(refused)) throw refused;
      setError(refused);
      onRefused(refused);
    } finally {
      setPending(false);
    }
  };
  const isWrong = isBlocked || lacksNote;
  return (
    <section aria-label="Apply">
      <FormFields isPending={isPending} className={css['decide']}>
        <NoteField value={note} onChange={setNote} />
        <label htmlFor={id} className={css['label']}>
          When
        </label>
        <div className={css['row']}>
          <input
            id={id}
            type="datetime-local"
            className={css['input']}
            value={when}
            onChange={(event) => setWhen(event.target.value)}
          />
          {when === '' ? (
            <span className={css['soft']}>at once</span>
          ) : (
            <Button kind="quiet" onClick={() => setWhen('')}>
              At once instead
            </Button>
          )}
        </div>
        <FormSummary
          error={error}
          pointers={error === undefined || problemsOf(error).size === 0 ? [] : ['/operations']}
        />
        <div className={css['row']}>
          {mayApply && (
            <Button kind="primary" disabled={isWrong} isPending={isPending} onClick={() => void send(false)}>
              {when === '' ? 'Apply now' : 'Schedule'}
            </Button>
          )}
          <Button disabled={isWrong} isPending={isPending} onClick={() => void send(true)}>
            Ask for approval
          </Button>
          <Button kind="quiet" onClick={() => setChangeSetDraft([])}>
            Discard
          </Button>
        </div>
      </FormFields>
    </section>
  );
}

/** What belongs to all settings, such as context features, takes a grant on all. */
function settingOf(text: string): string {
  const { setting, name, op } = operationOf(text) as { setting?: string; name?: string; op: string };
  return setting ?? (op === 'declare' ? name : undefined) ?? '*';
}
