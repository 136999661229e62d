import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiError, isApiError } from '../api/api-error.js';
import { type Answer, request } from '../api/client.js';
import { toast } from './toast.js';

/** What a form began with is no view of what is there: who edits keeps it, and what was deleted is not asked for again. */
const BEGINNINGS: ReadonlySet<unknown> = new Set(['dry-run', 'rule-begin', 'rollout-begin']);

/** Everything that shows what is there is read again when it is looked at. */
function forgetAll(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: ({ queryKey }) => !BEGINNINGS.has(queryKey[0]) });
}

/** What is said of a write that was made. */
export type Done = Readonly<{ title: string; description?: string }>;

export type Write = Readonly<{
  isPending: boolean;
  /** What the service refused last. */
  error: ApiError | undefined;
  /** Sends a write, says that it is done with a way to undo it, and has everything read again. Undefined where it was refused. */
  run<T>(send: () => Promise<Answer<T>>, done: Done): Promise<Answer<T> | undefined>;
  /** Forgets what was refused of a member, or all of it. */
  forget(): void;
}>;

/** Writes, one at a time. */
export function useWrite(): Write {
  const client = useQueryClient();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async <T>(
    send: () => Promise<Answer<T>>,
    { title, description }: Done,
  ): Promise<Answer<T> | undefined> => {
    setPending(true);
    setError(undefined);
    try {
      const answer = await send();
      const seq = seqOf(answer.revision);
      toast({
        title,
        ...(description !== undefined && { description }),
        ...(seq !== undefined && {
          action: { label: 'Undo', act: () => void undo(seq, title, () => forgetAll(client)) },
        }),
      });
      await forgetAll(client);
      return answer;
    } catch (refused) {
      if (!isApiError(refused)) throw refused;
      setError(refused);
      return undefined;
    } finally {
      setPending(false);
    }
  };
  return { isPending, error, run, forget: () => setError(undefined) };
}

/** The entry of the change log that a write made. */
function seqOf(revision: string | undefined): string | undefined {
  return /^\d+/.exec(revision ?? '')?.[0];
}

/** Takes back what one write did; the service refuses where something of it was changed since. */
async function undo(seq: string, what: string, after: () => Promise<void>): Promise<void> {
  try {
    const path = { seq } as never;
    await request('post', '/api/v1/history/{seq}/revert', { path, body: { message: `Undo: ${what}`.slice(0, 500) } });
    toast({ title: `Undone: ${what}` });
  } catch (error) {
    if (!isApiError(error)) throw error;
    toast({ kind: 'failed', title: `Not undone: ${what}`, description: error.message });
  } finally {
    await after();
  }
}
