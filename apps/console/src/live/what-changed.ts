import { type QueryClient, type QueryKey } from '@tanstack/react-query';
import { keys } from '../api/queries.js';
import { type ChangeEvent } from './follow.js';

/** What is to be read again after some events: only what is about their settings, and what lists settings. */
export function staleKeys(events: readonly ChangeEvent[]): readonly QueryKey[] {
  const changes = events.flatMap((event) => event.changes);
  // Order and set of features decide on everything; so may what is left out.
  if (changes.some(({ kind }) => kind === 'context_features') || events.some((event) => event.changes_omitted > 0))
    return [[]];
  const settings = new Set(events.flatMap((event) => event.settings));
  const rollouts = new Set(changes.flatMap(({ rollout_id }) => (rollout_id === undefined ? [] : [rollout_id])));
  const lists = [keys.settings, keys.rules, keys.rollouts, keys.lint, keys.history, keys.changesets, keys.evaluations];
  return [...[...settings].map(keys.setting), ...[...rollouts].map(keys.rollout), ...lists];
}

/** Resolves when what is shown is current. */
export async function readAgain(client: QueryClient, events: readonly ChangeEvent[]): Promise<void> {
  await Promise.all(staleKeys(events).map((queryKey) => client.invalidateQueries({ queryKey })));
}

/** The lines of a matrix that events touched, such as `rule-7`; none where there were too many. */
export function touchedLines(events: readonly ChangeEvent[], setting: string | undefined): readonly string[] {
  const lines = events.flatMap(({ changes }) =>
    changes.flatMap((change) => {
      if (setting === undefined || change.setting !== setting) return [];
      if (change.rule_id !== undefined) return [`rule-${change.rule_id}`];
      return change.rollout_id === undefined ? ['default'] : [`rollout-${change.rollout_id}`];
    }),
  );
  return [...new Set(lines)];
}

/** For who cannot see it: `ana changed cache_size`. */
export function announcementOf(events: readonly ChangeEvent[]): string {
  const actors = [...new Set(events.map(({ actor }) => actor))];
  const settings = [...new Set(events.flatMap((event) => event.settings))];
  const what = settings.length === 0 ? 'the context features' : listed(settings);
  return `${listed(actors)} changed ${what}`;
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(' and ');
}
