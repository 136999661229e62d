import { type Json } from '@heksher/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { useReadOnly } from '../api/config.js';
import { forgetAll } from '../api/queries.js';
import { useMay, useWho } from '../api/who.js';
import { Button } from '../ui/button.js';
import { FormSummary } from '../ui/field.js';
import { toast } from '../ui/toast.js';
import css from './changesets.module.css';
import { type Changeset, EXACT } from './changeset-queries.js';
import { takeBack, toastApplied } from './undo.js';

/** What can be decided about it by the one who looks at it; what may not be is not there, and it says why. */
export function ChangesetActions({ changeset }: Readonly<{ changeset: Changeset }>) {
  const queryClient = useQueryClient();
  const readOnly = useReadOnly();
  const { isPending, error, decide } = useDecision(changeset.changeset_id);
  const { mayApprove, mayApply, mayWithdraw, whyNot } = useWhatMay(changeset);
  const { changeset_id: id, state, undo } = changeset;
  if (readOnly !== undefined) return null;
  const isOpen = ['proposed', 'approved', 'scheduled'].includes(state);
  return (
    <section className={css['decide']} aria-label="Decide">
      {whyNot !== undefined && isOpen && <p className={css['soft']}>{whyNot}</p>}
      <FormSummary error={error} pointers={[]} />
      <div className={css['row']}>
        {state === 'proposed' && mayApprove && (
          <Button
            kind="primary"
            isPending={isPending}
            onClick={() =>
              void decide('Approved', () =>
                request('post', '/api/v1/changesets/{id}/approve', {
                  path: { id: String(id) },
                  body: { digest: changeset.digest },
                }),
              )
            }
          >
            Approve
          </Button>
        )}
        {isOpen && mayApply && (
          <Button
            kind={state === 'proposed' && mayApprove ? 'plain' : 'primary'}
            isPending={isPending}
            onClick={() =>
              void decide(undefined, async () => {
                const { data } = await request('post', '/api/v1/changesets/{id}/apply', {
                  path: { id: String(id) },
                  exact: EXACT,
                });
                toastApplied(id, data.undo as Json | undefined, queryClient);
              })
            }
          >
            Apply now
          </Button>
        )}
        {isOpen && mayApprove && (
          <Button
            isPending={isPending}
            onClick={() =>
              void decide('Rejected', () =>
                request('post', '/api/v1/changesets/{id}/reject', { path: { id: String(id) } }),
              )
            }
          >
            Reject
          </Button>
        )}
        {isOpen && mayWithdraw && (
          <Button
            isPending={isPending}
            onClick={() =>
              void decide('Withdrawn', () =>
                request('post', '/api/v1/changesets/{id}/withdraw', { path: { id: String(id) } }),
              )
            }
          >
            Withdraw
          </Button>
        )}
        {state === 'applied' && mayApply && undo !== undefined && (
          <Button isPending={isPending} onClick={() => void decide(undefined, () => takeBack(id, undo, queryClient))}>
            Take it back
          </Button>
        )}
      </div>
    </section>
  );
}

function useDecision(id: number) {
  const queryClient = useQueryClient();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ApiError>();
  const decide = async (done: string | undefined, send: () => Promise<unknown>): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      await send();
      if (done !== undefined) toast({ title: `${done}: change set ${id}` });
    } catch (refused) {
      if (!isApiError(refused)) throw refused;
      setError(refused);
    } finally {
      setPending(false);
      await forgetAll(queryClient);
    }
  };
  return { isPending, error, decide };
}

/** Four eyes: nobody approves what they made or edited. */
function useWhatMay({ operations, author, editors, state, approvals, approvals_needed = 0 }: Changeset) {
  const who = useWho();
  const may = useMay();
  const settings = operations.map(({ setting, op, name }) => setting ?? (op === 'declare' ? String(name) : '*'));
  const mayAll = (action: 'approve' | 'write' | 'propose'): boolean => settings.every((one) => may(action, one));
  const isOwn = who?.subject != null && [author, ...editors].includes(who.subject);
  const hasApproved = approvals.some(({ actor }) => actor === who?.subject);
  const lacks = state === 'proposed' && approvals.length < approvals_needed;
  const isKnown = who?.subject != null;
  return {
    mayApprove: mayAll('approve') && isKnown && !isOwn && !hasApproved,
    mayApply: mayAll('write') && !lacks,
    mayWithdraw: mayAll('propose'),
    whyNot: !lacks
      ? undefined
      : !isKnown
        ? 'Nobody is signed in, so that nobody can approve.'
        : isOwn
          ? 'Somebody else has to approve it: you made or edited it.'
          : hasApproved
            ? 'You have approved it.'
            : mayAll('approve')
              ? undefined
              : 'To approve it takes the grant approve on all its settings, which you do not have.',
  };
}
