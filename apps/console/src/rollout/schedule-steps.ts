import { formatPercentage } from '@heksher/core';
import { isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { toast } from '../ui/toast.js';
import { type Step } from './share-form.js';
import { type keyOf } from './stored-rollout.js';

type Scheduling = Readonly<{ about: ReturnType<typeof keyOf>; steps: readonly Step[]; note: string }>;

/**
 * Schedules all steps but the first, which is there already: each a change set, which fails unless it finds what the one before left. So whoever moves the
 * share or switches it off stops the rest.
 */
export async function scheduleSteps({ about, steps, note }: Scheduling): Promise<void> {
  for (const [index, { percentage, atMs }] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined) continue;
    const way = `${about.setting}, ${about.feature}s: ${before.percentage} → ${percentage} %`;
    const expect = { percentage: before.percentage, enabled: true };
    const operation = { op: 'patch_rollout', ...about, set: { percentage }, expect };
    const message = note.trim() === '' ? way : `${way}. ${note.trim()}`;
    const body = { operations: [operation], message, apply_at: new Date(atMs).toISOString() };
    try {
      await request('post', '/api/v1/changesets', { body });
    } catch (error) {
      if (!isApiError(error)) throw error;
      const title = `Steps from ${formatPercentage(Math.round(percentage * 1_000))} % on are not scheduled`;
      return toast({ kind: 'failed', title, description: error.message });
    }
  }
  toast({ title: `Scheduled ${steps.length - 1} steps, see change sets` });
}
