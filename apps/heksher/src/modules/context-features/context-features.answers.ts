import { notFound, type RawJson } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { type Resource } from '../../writes.js';
import { listContextFeatures } from './context-features.store.js';

export function listAnswer(features: readonly string[]): RawJson {
  return jsonAnswer({ context_features: features });
}

export function indexAnswer(index: number): RawJson {
  return jsonAnswer({ index });
}

const TRACE = { setting: null, columns: { context_features: 'name' } };

/** The list, of which every write changes the order or the length. */
export const theList: Resource = async (db) => ({ answers: [listAnswer(await listContextFeatures(db))], trace: TRACE });

/** One of the list, which its place or the whole list stands for. */
export const oneOfList =
  (name: string): Resource =>
  async (db) => {
    const features = await listContextFeatures(db);
    const index = features.indexOf(name);
    if (index === -1) throw notFound('context feature', name);
    return { answers: [indexAnswer(index), listAnswer(features)], trace: TRACE };
  };
