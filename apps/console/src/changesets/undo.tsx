import { type QueryClient } from '@tanstack/react-query';
import { type Json } from '@heksher/core';
import { forgetAll } from '../api/queries.js';
import { toast } from '../ui/toast.js';
import { sendUndo } from './changeset-queries.js';

/** Says that a change set was applied, with a way back. */
export function toastApplied(id: number, undo: Json | undefined, queryClient: QueryClient): void {
  toast({
    title: `Change set ${id} was applied`,
    ...(undo !== undefined && { action: { label: 'Undo', act: () => void takeBack(id, undo, queryClient) } }),
  });
}

/** By its own `undo`, which is refused where something of it was changed since. */
export async function takeBack(id: number, undo: Json, queryClient: QueryClient): Promise<void> {
  try {
    await sendUndo(undo);
    toast({ title: `Change set ${id} was taken back` });
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    toast({ title: `Change set ${id} was not taken back`, description, kind: 'failed' });
  } finally {
    await forgetAll(queryClient);
  }
}
