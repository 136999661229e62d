import { type Writable } from '@heksher/core';
import { request } from '../api/client.js';
import { exactly, type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';

export type Found = Exact<components['schemas']['SettingFinding']>;

/** Kinds whose line does nothing, as lint has proved: it can go. */
const NEEDLESS: ReadonlySet<string> = new Set(['never_wins', 'repeats_default', 'repeats_overridden']);

/** What a finding's line is called here, such as `rule-7`; undefined where the line does something, or is none. */
export function deletableLine({ kind, about }: Pick<Found, 'kind' | 'about'>): string | undefined {
  return about !== null && NEEDLESS.has(kind) ? `${about.kind}-${about.id}` : undefined;
}

/** The operation that deletes a line, as it is now: it relies on the value. Rejects with ApiError 404 where it is gone. */
export async function deletionOf(line: string): Promise<Writable> {
  const id = Number(line.slice(line.indexOf('-') + 1));
  if (line.startsWith('rule-')) {
    const { setting, feature_values, value } = (await request('get', '/api/v1/rules/{id}', { path: { id } })).data;
    const conditions = Object.fromEntries(feature_values.map(([name = '', one = '']) => [name, one]));
    return { op: 'delete_rule', setting, feature_values: conditions, expect: { value: exactly(value) } };
  }
  const { data } = await request('get', '/api/v1/rollouts/{id}', { path: { id } });
  const { setting, feature, feature_values, value } = data;
  const expect = value === undefined ? {} : { expect: { value: exactly(value) } };
  return { op: 'delete_rollout', setting, feature, feature_values, ...expect };
}
