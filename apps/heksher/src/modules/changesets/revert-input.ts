import { type InSteps, invalid, type Json, ProblemList } from '@heksher/core';
import { show, text } from '../../http/readers.js';
import { requireMessage } from '../../http/message.js';
import { parseObject } from '../../http/validation.js';
import { boolean, eachInSteps, oneOf, optional, readMembers, within } from './grammar.js';
import { type Touch } from './touched.js';

const KINDS = ['rule', 'rollout', 'setting', 'context_features'] as const;
export const CHOICES = ['keep', 'take'] as const;

/**
 * What becomes of something that was changed after a transaction that is taken back: it is kept as it is, or what it was before the transaction is taken.
 * `seq` is the newest change of it that was seen.
 */
export type Resolution = Readonly<{
  kind: Touch['kind'];
  key: string;
  seq: number;
  choice: (typeof CHOICES)[number];
}>;

export type GivenRevert = Readonly<{
  message: string | undefined;
  isDryRun: boolean;
  resolutions: readonly Resolution[];
}>;

const MOST_RESOLUTIONS = 10_000;

const message = {
  read: (json: Json): string | undefined =>
    json.kind === 'null'
      ? undefined
      : text('message', 'a text', (given) => requireMessage(given, 'message') ?? '').read(json),
};
const natural = (field: string) => ({
  accepted: 'a whole number from 0',
  read: (json: Json): number => {
    if (json.kind === 'number' && Number.isSafeInteger(json.value) && json.value >= 0) return json.value;
    throw invalid(`${field} must be a whole number from 0; given: ${show(json)}`, field);
  },
});
const list = {
  read: (json: Json): readonly Json[] => {
    if (json.kind !== 'array') throw invalid(`conflicts must be a list of choices; given: ${show(json)}`, 'conflicts');
    if (json.items.length <= MOST_RESOLUTIONS) return json.items;
    const problem = `conflicts has at most ${MOST_RESOLUTIONS} choices; given: ${json.items.length}`;
    throw invalid(problem, 'conflicts', { code: 'too_many' });
  },
};

const RESOLUTION = {
  kind: oneOf('kind', KINDS),
  rule_id: optional(natural('rule_id')),
  rollout_id: optional(natural('rollout_id')),
  setting: optional(text('setting', 'the name of a setting', (given) => given)),
  seq: natural('seq'),
  choice: oneOf('choice', CHOICES),
};
const NAMED_BY = { rule: 'rule_id', rollout: 'rollout_id', setting: 'setting', context_features: undefined } as const;

/** The reason, whether it is tried only, and what becomes of what was changed since. */
export function* parseRevert(body: unknown): InSteps<GivenRevert> {
  if (!Buffer.isBuffer(body) || body.length === 0) return { message: undefined, isDryRun: false, resolutions: [] };
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  const fields = { message: optional(message), dry_run: optional(boolean('dry_run')), conflicts: optional(list) };
  const read = readMembers(members, fields, { path: [], problems });
  const resolutions = yield* eachInSteps(read?.conflicts ?? [], (item, index) =>
    resolutionIn(item, { path: ['conflicts', index], problems }),
  );
  problems.throwIfAny();
  return { message: read?.message, isDryRun: read?.dry_run ?? false, resolutions };
}

function resolutionIn(json: Json, place: Parameters<typeof within>[0]): Resolution | undefined {
  return within(place, () => {
    if (json.kind !== 'object') throw invalid('a choice must be an object with kind, seq and choice', 'body');
    const read = readMembers(json.members, RESOLUTION, place);
    if (read === undefined) return undefined;
    const { kind, seq, choice } = read;
    const name = NAMED_BY[kind];
    for (const other of ['rule_id', 'rollout_id', 'setting'] as const) {
      if ((read[other] !== undefined) === (other === name)) continue;
      const wanted = name === undefined ? 'no name' : name;
      throw invalid(`a choice of the kind ${kind} names it by ${wanted}`, other, { code: 'exclusive' });
    }
    return { kind, key: String(name === undefined ? '' : read[name]), seq, choice };
  });
}
