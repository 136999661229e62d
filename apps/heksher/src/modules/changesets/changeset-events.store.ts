import { writeJson } from '@heksher/core';
import { type EntityManager } from 'typeorm';
import { listedAnswer } from './changeset-answer.js';
import { findListedChangeset, type State } from './changesets.store.js';

/**
 * Notes what became of a change set, for webhooks and brokers, behind the present revision. Only for who holds the row of the revision: then
 * the order of ids is that of the commits, and all behind one revision are there before the next one is.
 */
export async function noteChangeset(
  db: EntityManager,
  id: number,
  kind: State,
  actor: string | undefined,
): Promise<void> {
  const changeset = await findListedChangeset(db, id);
  if (changeset === undefined) return;
  await db.query(
    `insert into heksher_changeset_events (seq, token, changeset, kind, actor, settings, data)
     select r.seq, gen_random_uuid(), $1, $2, $3, $4, $5 from heksher_revision r where r.one_row`,
    [id, kind, actor ?? null, changeset.settings, writeJson({ ...listedAnswer(changeset), actor: actor ?? null })],
  );
}
