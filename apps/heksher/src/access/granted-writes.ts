import { runPrepared } from '@heksher/database';
import { type Draft } from '@heksher/ruleset';
import { type EntityManager } from 'typeorm';
import { type Caller } from '../caller.js';
import { notAllowed } from './access-error.js';
import { admits, isAll } from './grants.js';

/** Who asks, and what they must be granted; no principal: everybody may do everything. */
export type Asking = Readonly<{ [K in 'principal' | 'action']?: Caller[K] | undefined }>;

/**
 * The wall that all writes meet which are decided in memory: throws `forbidden` where a draft changes what the caller is not granted, whatever
 * the request named it by and whatever became of names since it was looked at.
 */
export function requireGranted(draft: Draft, caller: Asking): void {
  if (isRestricted(caller)) requireGrantedOn(caller, settingsChangedBy(draft));
}

/** By their names before and after; null: something that belongs to all of them. */
export function settingsChangedBy(draft: Draft): readonly (string | null)[] {
  const changed = draft.changed.flatMap(({ name, base }) => (base === undefined ? [name] : [name, base.name]));
  const settings = [...changed, ...draft.deleted, ...draft.renamings.flat()];
  return hasOtherFeatures(draft) ? [...settings, null] : settings;
}

function hasOtherFeatures({ features, base }: Draft): boolean {
  const before = [...base.features];
  return before.length !== features.length || before.some((name, index) => name !== features[index]);
}

/** Where in the change log a transaction begins, which holds the lock of all writers. */
export async function beginOf(db: EntityManager): Promise<string> {
  const [row] = await runPrepared<{ seq: string }>(db, BEGIN, []);
  return row?.seq ?? '0';
}

const BEGIN = { name: 'begin_of_write', text: 'select r.seq from heksher_revision r where r.one_row' };

/** The same of a transaction, by what it has logged since it began. */
export async function settingsChangedSince(db: EntityManager, begin: string): Promise<readonly (string | null)[]> {
  const rows = await runPrepared<{ setting: string | null }>(db, TOUCHED, [begin]);
  return rows.map(({ setting }) => setting);
}

/** @param settings null: something that belongs to all of them, so that it is granted to those alone who may write all */
export function requireGrantedOn({ principal, action }: Asking, settings: Iterable<string | null>): void {
  if (!isRestricted({ principal, action })) return;
  const granted = action && principal?.permissions[action];
  const refused = [...settings].filter((name) => name === null || granted === undefined || !admits(granted, name));
  if (refused.length > 0)
    throw notAllowed(
      action ?? 'write',
      refused.flatMap((name) => name ?? []),
    );
}

export function isRestricted({ principal, action }: Asking): boolean {
  if (principal === undefined) return false;
  return action === undefined || !isAll(principal.permissions[action]);
}

/** The settings that were changed, by their names before and after; null where something was changed that belongs to no setting. */
const TOUCHED = {
  name: 'touched_settings',
  text: `
  select distinct touched.setting
    from heksher_changes c
   cross join lateral (values (c.setting), (case when c."table" = 'settings' then c.old ->> 'name' end)) as touched (setting)
   where c.seq > $1 and c.op <> 'statement' and touched.setting is not null
   union all
  select null
   where exists (select from heksher_changes c
                  where c.seq > $1 and c."table" in ('context_features', 'heksher_keys', 'heksher_principals'))`,
};
