import {
  formatInstant,
  formatJson,
  type InSteps,
  invalid,
  type Json,
  parseInstant,
  ProblemList,
  quoted,
} from '@heksher/core';
import { type Operation } from '@heksher/ruleset';
import { type NamedRevision, parseRevision } from '../../named-revision.js';
import { requireMessage } from '../../http/message.js';
import { text } from '../../http/readers.js';
import { parseObject } from '../../http/validation.js';
import { boolean, optional, readMembers } from './grammar.js';
import { parseOperations } from './operations.js';

/** The operations of a change set, and the text that they were given as. */
export type GivenOperations = Readonly<{ text: string; list: readonly Operation[] }>;

/** A change set as a body gives it. */
export type GivenChangeset = Readonly<{
  operations: GivenOperations;
  message: string | undefined;
  ifRevision: NamedRevision | undefined;
  applyAt: string | undefined;
  maxDelay: number;
  isDryRun: boolean;
  isProposal: boolean;
}>;

/** What of a change set is edited; null takes it away. */
export type GivenEdit = Readonly<{
  operations: GivenOperations | undefined;
  message: string | null | undefined;
  applyAt: string | null | undefined;
  maxDelay: number | undefined;
}>;

const USUAL_DELAY_S = 3_600;
const MOST_DELAY_S = 31_536_000;

const orNull = <T>(read: (json: Json) => T) =>
  optional({ read: (json: Json): T | null => (json.kind === 'null' ? null : read(json)) });

const message = text('message', 'a text', (given) => requireMessage(given, 'message') ?? '');
const revision = text('if_revision', 'a revision such as "1042-9f3a61c2"', (given) =>
  parseRevision(given, 'if_revision'),
);
const instant = text('apply_at', 'a time', (given) => {
  const [atMs, nowMs] = [parseInstant(given, 'apply_at'), Date.now()];
  if (atMs > nowMs) return formatInstant(atMs);
  const message = `apply_at must be a time to come (it is ${formatInstant(nowMs)}); without it a set is applied at once; given: ${quoted(given)}`;
  throw invalid(message, 'apply_at', { code: 'in_past' });
});
const delay = {
  read: (json: Json): number => {
    if (json.kind === 'number' && Number.isInteger(json.value) && json.value >= 0 && json.value <= MOST_DELAY_S)
      return json.value;
    throw invalid(`max_delay must be a whole number of seconds from 0 to ${MOST_DELAY_S}`, 'max_delay');
  },
};
const anyList = { accepted: 'a non-empty list of operations', read: (json: Json) => json };

export function* parseChangeset(body: unknown): InSteps<GivenChangeset> {
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  const fields = {
    operations: anyList,
    message: orNull(message.read),
    if_revision: orNull(revision.read),
    apply_at: orNull(instant.read),
    max_delay: optional(delay),
    dry_run: optional(boolean('dry_run')),
    propose: optional(boolean('propose')),
  };
  const read = readMembers(members, fields, { path: [], problems });
  const list = yield* operationsIn(members.get('operations'), problems);
  problems.throwIfAny();
  if (read === undefined || list === undefined) throw invalid('the body is malformed', 'body');
  if (read.max_delay !== undefined && (read.apply_at ?? undefined) === undefined && read.propose !== true) {
    throw invalid('max_delay is of sets that are applied at a time: give apply_at, too, or leave it out', 'max_delay');
  }
  return {
    operations: list,
    message: read.message === null || read.message === '' ? undefined : read.message,
    ifRevision: read.if_revision ?? undefined,
    applyAt: read.apply_at ?? undefined,
    maxDelay: read.max_delay ?? USUAL_DELAY_S,
    isDryRun: read.dry_run ?? false,
    isProposal: read.propose ?? false,
  };
}

export function* parseEdit(body: unknown): InSteps<GivenEdit> {
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  const fields = {
    operations: optional(anyList),
    message: orNull(message.read),
    apply_at: orNull(instant.read),
    max_delay: optional(delay),
  };
  const read = readMembers(members, fields, { path: [], problems });
  const list = yield* operationsIn(members.get('operations'), problems);
  problems.throwIfAny();
  if (read === undefined) throw invalid('the body is malformed', 'body');
  if (members.size === 0) {
    throw invalid('the body changes nothing; give one or more of operations, message, apply_at, max_delay', 'body', {
      code: 'missing',
    });
  }
  return { operations: list, message: read.message, applyAt: read.apply_at, maxDelay: read.max_delay };
}

/** What an approval is bound to. */
export function* parseApproval(body: unknown): InSteps<Readonly<{ digest: string }>> {
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  const digest = text('digest', 'the digest that the change set was shown with', (given) => given);
  const read = readMembers(members, { digest }, { path: [], problems });
  problems.throwIfAny();
  return read ?? { digest: '' };
}

function* operationsIn(json: Json | undefined, problems: ProblemList): InSteps<GivenOperations | undefined> {
  if (json === undefined) return undefined;
  try {
    return { text: formatJson(json), list: yield* parseOperations(json) };
  } catch (error) {
    problems.addFrom(error, 'operations');
    return undefined;
  }
}
