import { notFound } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { type Resource } from '../../writes.js';
import { storedAnswer } from './rollouts.answers.js';
import { findRollout } from './rollouts.store.js';

const COLUMNS = {
  rollouts: 'id',
  rollout_conditions: 'rollout',
  rollout_members: 'rollout',
  rollout_metadata: 'rollout',
};

/** What writes to the rollout of that id, and to its members, are about. */
export const theRollout =
  (id: number): Resource =>
  async (db) => {
    const rollout = await findRollout(db, id);
    if (rollout === undefined) throw notFound('rollout', id);
    const trace = { setting: rollout.setting, columns: COLUMNS, key: id };
    return { answers: [jsonAnswer(storedAnswer(rollout))], trace };
  };
