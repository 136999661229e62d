import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { ApiAnswer, ApiError } from '../../openapi/api-answers.js';
import { SETTING_NAME } from '../../openapi/api-schemas.js';
import { ApiPruned, BAD_AS_OF } from '../../openapi/past-parameter.js';
import { DiffAnswer, HistoryEntryAnswer, HistoryMembersAnswer, HistoryAnswer } from './history.answers.js';
import { USUAL_CHANGES, USUAL_ENTRIES } from './history-questions.js';
import { MOST_CHANGES, MOST_ENTRIES_OF_PAGE } from './history-request.js';

const ApiText = (name: string, description: string, schema: object, required = false) =>
  ApiQuery({ name, required, description, schema: { type: 'string', ...schema } });

const ApiLimit = (most: number, usual: number, what: string) =>
  ApiText('limit', `How many ${what}: 1 to ${most}, usually ${usual}.`, { pattern: '^[0-9]{1,4}$', example: '20' });

const ApiCursor = () =>
  ApiQuery({
    name: 'cursor',
    required: false,
    description: 'The `next_cursor` of the page before; the first page needs none.',
    schema: { type: 'string' },
    examples: { 'The first page': { value: '' } },
  });

const RULE = { setting: 'cache_size', feature_values: [['user', 'guest']], metadata: {} };
const CHANGE = {
  kind: 'rule',
  op: 'changed',
  setting: 'cache_size',
  rule_id: 7,
  feature_values: [['user', 'guest']],
  old: { ...RULE, value: 10 },
  new: { ...RULE, value: 20 },
};
const ENTRY = {
  seq: 1042,
  revision: '1042-9f3a61c2',
  at: '2026-03-01T09:00:00.000Z',
  actor: 'ana',
  message: 'more room for the sale',
  request_id: '0c5d2b8e-7d0f-4d0e-9b6e-6a1f4f0f9a11',
  changes: [CHANGE],
  changes_omitted: 0,
};

const UNKNOWN = (accepted: string) => ({
  field: 'page',
  parameter: 'page',
  code: 'unknown_parameter' as const,
  message: `"page" is no parameter of this operation; accepted: ${accepted}`,
});

export const ApiListHistory = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listHistory',
      summary: 'List what was changed',
      description: `What was changed, by whom and why, newest first: an entry for each transaction, whichever program wrote it. Of each
at most 20 changes are listed, and \`changes_omitted\` counts the rest.`,
    }),
    ApiText('setting', 'Only changes of this setting, its rules and rollouts: by any name that it has or had.', {
      ...SETTING_NAME,
      example: 'cache_size',
    }),
    ApiText('actor', 'Only what this actor wrote.', { example: 'ana' }),
    ApiText('after', 'Only what is newer than this revision or time.', { example: '1000' }),
    ApiText('before', 'Only what is older than this revision, or was there at this time.', { example: '1043' }),
    ApiLimit(MOST_ENTRIES_OF_PAGE, USUAL_ENTRIES, 'entries a page has at most'),
    ApiCursor(),
    ApiAnswer(200, HistoryAnswer, 'The entries.', {
      'A page': { entries: [ENTRY], next_cursor: null },
      None: { entries: [], next_cursor: null },
    }),
    ApiError(422, 'A parameter is malformed, or not known.', {
      'An unknown parameter': UNKNOWN('setting, actor, after, before, limit, cursor'),
    }),
  );

export const ApiFindEntry = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getHistoryEntry',
      summary: 'Get what a transaction changed',
      description: `The entry of the transaction that a revision belongs to, with a page of its changes; or, with \`members_of\`, a page of
the members of a rollout that came or went.`,
    }),
    ApiParam({ name: 'seq', description: 'The number of a revision.', schema: { type: 'integer', example: 1042 } }),
    ApiText('members_of', 'The id of a rollout.', { pattern: '^[0-9]{1,10}$', example: '3' }),
    ApiLimit(MOST_CHANGES, USUAL_CHANGES, 'changes or members a page has at most'),
    ApiCursor(),
    ApiAnswer(200, [HistoryEntryAnswer, HistoryMembersAnswer], 'The entry.', {
      'A rule': { ...ENTRY, next_cursor: null },
      'Members of a rollout': {
        seq: 1042,
        members: { rollout_id: 3, added: ['ann', 'jim'], removed: [] },
        next_cursor: null,
      },
    }),
    ApiError(404, 'The change log has no such entry, or none any more.', {
      field: 'seq',
      code: 'change_not_found',
      message: 'the change log has no entry of the revision 1042',
    }),
    ApiError(422, 'A parameter is malformed, or not known.', {
      'An unknown parameter': UNKNOWN('members_of, limit, cursor'),
    }),
  );

export const ApiDiff = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'diff',
      summary: 'Compare two states',
      description:
        'What differs between two states, each by a revision or a time, as changes from the one to the other.',
    }),
    ApiText('from', 'The state that it starts from: a revision, or an RFC 3339 time.', { example: '1' }, true),
    ApiText('to', 'The state that it leads to; without it, that of now.', { example: '2' }),
    ApiText('setting', 'Only what is of this setting, by a name or alias that it has in one of the two states.', {
      ...SETTING_NAME,
      example: 'cache_size',
    }),
    ApiLimit(MOST_CHANGES, USUAL_CHANGES, 'changes are listed at most'),
    ApiCursor(),
    ApiAnswer(200, DiffAnswer, 'What differs.', {
      'A rule': { from: 1000, to: 1042, changes: [CHANGE], changes_omitted: 0, next_cursor: null },
      Nothing: { from: 1000, to: 1000, changes: [], changes_omitted: 0, next_cursor: null },
    }),
    ApiError(404, 'Neither of the two states has the setting.', {
      field: 'setting',
      code: 'setting_not_found',
      message: 'neither of the two states has the setting "cache_sise"',
    }),
    ApiPruned('from'),
    ApiError(422, 'A parameter is missing, malformed, or not known; or a state is of the future.', {
      'No state to start from': {
        field: 'from',
        code: 'missing',
        message: 'from must be given: the number of a revision, or a time, as for as_of',
      },
      ...BAD_AS_OF('to'),
    }),
  );
