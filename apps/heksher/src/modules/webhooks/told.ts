import { type Ruleset } from '@heksher/ruleset';
import { isAll, settingSet } from '../../access/grants.js';
import { writeEvent } from '../feed/change-event.js';
import { isFor } from '../feed/setting-filter.js';
import { changesetEvent, changesetType, committedEvent, EVENT_TYPES, type OutgoingEvent } from './cloud-event.js';
import { type Told } from './outbox.js';
import { type StoredWebhook } from './webhooks.store.js';

/** The types of events that an endpoint can be told of or not; resets it is told of in any case. */
export const CHANGESET_TYPES = ['proposed', 'approved', 'rejected', 'scheduled', 'applied', 'failed', 'withdrawn'].map(
  changesetType,
);
export const ALL_CHANGESETS = changesetType('*');
export const USUAL_EVENTS: readonly string[] = [EVENT_TYPES.committed];
export const GIVEN_EVENTS = [EVENT_TYPES.committed, ALL_CHANGESETS, ...CHANGESET_TYPES];

/** What an endpoint is told, by the names that settings have now; undefined: it is none of its own. */
export function eventFor(
  { settings, events }: Pick<StoredWebhook, 'settings' | 'events'>,
  told: Told,
  ruleset: Ruleset,
  source: string,
): OutgoingEvent | undefined {
  const given = settingSet(settings);
  const asked = isAll(given) ? undefined : given;
  if (told.kind === 'transaction') {
    if (!events.includes(EVENT_TYPES.committed)) return undefined;
    const change = writeEvent(told.transaction, { asked, granted: undefined }, ruleset);
    return change && committedEvent(source, told.transaction, change);
  }
  const { changeset } = told;
  if (!events.includes(ALL_CHANGESETS) && !events.includes(changesetType(changeset.kind))) return undefined;
  // What is about all settings, or about nobody knows which, is told to all.
  const names = changeset.settings ?? ['*'];
  const isAsked = asked === undefined || names.some((name) => name === '*' || isFor(asked, name, ruleset));
  return isAsked ? changesetEvent(source, changeset) : undefined;
}
