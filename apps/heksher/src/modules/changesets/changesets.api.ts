import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { ApiAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import {
  ChangesetAnswer,
  ApproveChangesetRequest,
  EditChangesetRequest,
  ChangesetPageAnswer,
  ChangesetPreviewAnswer,
  ChangesetRequest,
  ChangesetResultAnswer,
  RevertRequest,
} from './changesets.answers.js';
import { STATES } from './changesets.store.js';

const PUT = { op: 'put_rule', setting: 'cache_size', feature_values: { user: 'guest' }, value: 20 };
const UNDO = {
  operations: [
    {
      op: 'delete_rule',
      setting: 'cache_size',
      feature_values: { user: 'guest' },
      expect: { value: 20, metadata: {} },
    },
  ],
};
const APPLIED = {
  ...{ changeset_id: 12, state: 'applied', seq: 1043, revision: '1043-0a1b2c3d' },
  results: [{ operation: 0, rule_id: 7, created: true }],
  undo: UNDO,
};
const PREVIEW = {
  ...{ dry_run: true, revision: '1042-9f3a61c2', results: [{ operation: 0, created: true }], undo: UNDO },
  affected: { settings: [], omitted: 0 },
};
const LISTED = {
  ...{ changeset_id: 12, state: 'proposed', message: 'more room for the sale', author: 'ana', editors: [] },
  ...{ created_at: '2026-03-01T09:00:00.000Z', decided_at: null, if_revision: null, apply_at: null, max_delay: 3600 },
  ...{ approvals: [], seq: null, failure: null },
};
const FOUND = {
  ...LISTED,
  ...{ operations: [PUT], approvals_needed: 1, digest: 'a7d8c1f0', affected: { settings: [], omitted: 0 } },
};

const NOT_AS_EXPECTED = {
  field: 'expect',
  pointer: '/operations/0/expect/value',
  code: 'not_as_expected',
  message: 'the rule of "cache_size" where user is "guest": value is 10, not 50 as expected',
} as const;
const TOUCHED = {
  field: 'body',
  code: 'touched_since',
  message: 'the rule 7 was changed after 1040-9f3a61c2, at 2026-03-01T09:00:00.000Z, by ana (revision 1042)',
} as const;
const WRONG_STATE = {
  field: 'body',
  code: 'wrong_state',
  message: 'the change set 12 cannot be applied: it is withdrawn',
} as const;

const ApiId = () =>
  ApiParam({
    name: 'id',
    description: 'The number of a change set.',
    schema: { type: 'string', pattern: '^[0-9]{1,15}$', example: '12' },
  });

const ApiUnknown = () =>
  ApiError(404, 'There is no such change set.', {
    field: 'id',
    parameter: 'id',
    code: 'changeset_not_found',
    message: 'the change set 12 does not exist',
  });

const ApiWrongState = (description: string, more: Parameters<typeof ApiError>[2] & object = {}) =>
  ApiError(409, description, { 'In another state': WRONG_STATE, ...more });

export const ApiCreateChangeset = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'createChangeset',
      summary: 'Change many things at once',
      description: `All of the operations are carried out, or none: in one transaction, which is one entry of the history. With \`dry_run\` it is only said what
they would do. With \`apply_at\` they wait; with \`propose\`, or where settings need approvals, they wait for others to look at them.`,
    }),
    ApiJsonBody(ChangesetRequest, 'The operations.', {
      'A rule': { operations: [PUT], message: 'more room for the sale' },
      'A trial': { operations: [{ ...PUT, expect: null }], dry_run: true },
    }),
    ApiAnswer(201, ChangesetResultAnswer, 'It was applied, or is kept.', {
      Applied: APPLIED,
      Proposed: { changeset_id: 12, state: 'proposed', approvals_needed: 1 },
    }),
    ApiAnswer(200, ChangesetPreviewAnswer, 'What it would do: nothing was written.', { 'A trial': PREVIEW }),
    ApiError(409, 'Nothing was changed: an operation fails, or what is changed was touched since.', {
      'Not as expected': NOT_AS_EXPECTED,
      'Touched since': TOUCHED,
    }),
  );

export const ApiListChangesets = () =>
  applyDecorators(
    ApiOperation({ operationId: 'listChangesets', summary: 'List change sets', description: 'Newest first.' }),
    ApiQuery({
      name: 'state',
      required: false,
      description: 'Only those in this state.',
      schema: { type: 'string', enum: [...STATES] },
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      description: 'How many a page has at most: 1 to 200, usually 50.',
      schema: { type: 'string', pattern: '^[0-9]{1,3}$', example: '20' },
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      description: 'The `next_cursor` of the page before; the first page needs none.',
      schema: { type: 'string' },
      examples: { 'The first page': { value: '' } },
    }),
    ApiAnswer(200, ChangesetPageAnswer, 'A page.', { 'A page': { changesets: [LISTED], next_cursor: null } }),
    ApiError(422, 'A parameter is malformed, or not known.', {
      'An unknown state': {
        field: 'state',
        parameter: 'state',
        message: `state must be one of ${STATES.join(', ')}; given: "odd"`,
      },
    }),
  );

export const ApiFindChangeset = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getChangeset',
      summary: 'Get a change set',
      description: 'Until it is decided, with what it would change now, and the digest that an approval gives.',
    }),
    ApiId(),
    ApiAnswer(200, ChangesetAnswer, 'The change set.', { Proposed: FOUND }),
    ApiUnknown(),
  );

export const ApiEditChangeset = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'editChangeset',
      summary: 'Edit a change set',
      description:
        'What is not given stays. Approvals are dropped: they were of something else. Who did not make or edit it must be granted to write what it is about.',
    }),
    ApiId(),
    ApiJsonBody(EditChangesetRequest, 'What is to be different.', {
      'Another value': { operations: [{ ...PUT, value: 30 }] },
    }),
    ApiAnswer(200, ChangesetAnswer, 'The change set.', { Proposed: FOUND }),
    ApiUnknown(),
    ApiWrongState('It is decided already.'),
  );

export const ApiApproveChangeset = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'approveChangeset',
      summary: 'Approve a change set',
      description: `For somebody else than who made or edited it. The digest stands for the operations and for what they change: where either is not
what was seen, the approval is refused. With the last approval that it needs it is approved, or waits for its time.`,
    }),
    ApiId(),
    ApiJsonBody(ApproveChangesetRequest, 'What was seen.', { 'The digest of an answer': { digest: 'a7d8c1f0' } }),
    ApiAnswer(200, ChangesetAnswer, 'The change set.', { Proposed: FOUND }),
    ApiUnknown(),
    ApiWrongState('It cannot be approved so.', {
      'By its author': {
        field: 'body',
        code: 'not_approved',
        message: 'the change set cannot be approved: who made or edited it cannot approve it',
      },
    }),
  );

const ApiEnd = (verb: 'reject' | 'withdraw', summary: string, description: string) =>
  applyDecorators(
    ApiOperation({ operationId: `${verb}ChangesetAnswer`, summary, description }),
    ApiId(),
    ApiAnswer(200, ChangesetAnswer, 'The change set.', {
      Ended: { ...LISTED, state: verb === 'reject' ? 'rejected' : 'withdrawn', operations: [PUT] },
    }),
    ApiUnknown(),
    ApiWrongState('It is decided already.'),
  );

export const ApiRejectChangeset = () =>
  ApiEnd('reject', 'Reject a change set', 'Somebody who looked at it does not want it: it is never applied.');

export const ApiWithdrawChangeset = () =>
  ApiEnd(
    'withdraw',
    'Withdraw a change set',
    'Its author does not want it any more, or not at its time: it is never applied. Who did not make or edit it must be granted to write what it is about.',
  );

export const ApiApplyChangeset = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'applyChangeset',
      summary: 'Apply a change set that waits',
      description:
        'Now, also one that is scheduled for later. It must have the approvals that it needs, of what it would change now.',
    }),
    ApiId(),
    ApiAnswer(200, ChangesetResultAnswer, 'It was applied.', { Applied: APPLIED }),
    ApiUnknown(),
    ApiWrongState('It cannot be applied: nothing was changed.', {
      'Not as expected': NOT_AS_EXPECTED,
      'Not approved': {
        field: 'body',
        code: 'not_approved',
        message: 'the change set has 1 of the 2 approvals that it needs',
      },
    }),
  );

export const ApiRevert = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'revertTransaction',
      summary: 'Take a transaction back',
      description: `Carries out the operations that take back what one transaction changed, as a change set: all of them, or where something of it was changed
since, none, unless \`conflicts\` says of each such thing whether it is kept or taken back all the same. To revert a revert is to do it again. Members of rollouts come and go as they did. At most 10 000 things, of 100 000 rows of the change log, are
taken back at once.`,
    }),
    ApiParam({
      name: 'seq',
      description: 'A revision of the transaction, as the history lists it.',
      schema: { type: 'string', pattern: '^[0-9]{1,15}$', example: '1042' },
    }),
    ApiJsonBody(RevertRequest, 'It may be left out.', {
      'A reason': { message: 'it was too much' },
      'A trial': { dry_run: true },
      'What was changed since': {
        conflicts: [
          { kind: 'rule', rule_id: 7, seq: 1042, choice: 'take' },
          { kind: 'setting', setting: 'cache_size', seq: 1044, choice: 'keep' },
        ],
      },
    }),
    ApiAnswer(201, ChangesetResultAnswer, 'It was taken back, or is proposed.', { Applied: APPLIED }),
    ApiAnswer(200, ChangesetPreviewAnswer, 'What it would do: nothing was written.', { 'A trial': PREVIEW }),
    ApiError(404, 'There is no such transaction.', {
      field: 'seq',
      parameter: 'seq',
      code: 'change_not_found',
      message: 'the change log has no entry of the revision 1042',
    }),
    ApiError(409, 'Nothing was changed: some of it was changed since, cannot be as it was, or is too much.', {
      'Changed since': TOUCHED,
      'Too much': {
        field: 'seq',
        parameter: 'seq',
        code: 'too_many',
        message:
          'the transaction of revision 1042 changed more than 100000 rows; at most 10000 things, of 100000 rows, are taken back at once',
      },
    }),
  );
