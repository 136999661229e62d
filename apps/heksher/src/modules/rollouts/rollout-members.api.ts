import { applyDecorators } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiParam,
  ApiResponse,
  type HeadersObject,
  type MediaTypeObject,
} from '@nestjs/swagger';
import {
  ApiAnswer,
  ApiEmptyAnswer,
  ApiError,
  ApiJsonBody,
  jsonContent,
  toExamples,
} from '../../openapi/api-answers.js';
import { FEATURE_VALUE } from '../../openapi/api-schemas.js';
import { ChangeMembersRequest, MOST_UNITS, ReplaceMembersRequest } from './rollout-members.dto.js';
import { MemberCountsAnswer, MembersAnswer } from './rollouts.answers.js';
import { ApiNoSuchRollout, ApiRolloutId, NO_SUCH_ROLLOUT } from './rollouts.api.js';

const COUNTS = { 'Of three units to be added': { added: 2, already: 1, removed: 0 } };

const LINES = `

A body of \`text/csv\` (one column; a header only with \`header=present\`) or \`application/x-ndjson\` (a text in each line) may have more units
than ${MOST_UNITS}: its limit is one of its own, 64 MiB unless it was configured.`;

const NO_UNIT_LINE = {
  field: 'body',
  line: 412,
  message:
    'line 412: it must be one column with a unit, which is a value of a context feature: 1 to 255 letters, combining marks and digits of any script and "_-.@+/=~#"; given: "a b"',
};

export const ApiReplaceMembers = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'replaceRolloutMembers',
      summary: 'Replace the members of a rollout',
      description: `Makes these units its members, at most ${MOST_UNITS} as JSON, and no others; or changes nothing, where anything is wrong.${LINES}`,
    }),
    ApiRolloutId(),
    ApiExtension('x-lines', true),
    ApiJsonBody(ReplaceMembersRequest, 'All members.', { 'Two members': { members: ['jim', 'ann@example.com'] } }),
    ApiAnswer(200, MemberCountsAnswer, 'These are its members.', COUNTS),
    ApiNoSuchRollout(),
    ApiError(422, 'The body is malformed, or too much.', { 'A line that is no unit': NO_UNIT_LINE }),
  );

export const ApiChangeMembers = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeRolloutMembers',
      summary: 'Add and remove members of a rollout',
      description:
        `Adds and removes units, at most ${MOST_UNITS} in all; or none, where anything is wrong. Members are always in, ` +
        'whatever the percentage. Asking for the same again changes nothing.' +
        LINES,
    }),
    ApiRolloutId(),
    ApiExtension('x-lines', true),
    ApiJsonBody(ChangeMembersRequest, 'The units.', {
      'Two in, one out': { add: ['jim', 'ann@example.com'], remove: ['john'] },
      'Two in': { add: ['jim', 'ann@example.com'] },
    }),
    ApiAnswer(200, MemberCountsAnswer, 'The units are members, or no members.', COUNTS),
    ApiNoSuchRollout(),
    ApiError(422, 'The body is malformed, or asks for too much, or for both of one unit.', {
      'No unit': {
        field: 'add',
        pointer: '/add/0',
        message:
          'a unit must be a value of a context feature: 1 to 255 letters, combining marks and digits of any script and "_-.@+/=~#"; given: "a b"',
      },
      'A line that is no unit': NO_UNIT_LINE,
      'In and out': {
        field: 'remove',
        pointer: '/remove/0',
        code: 'exclusive',
        message: 'the unit "jim" cannot both be added and removed',
      },
    }),
  );

const TAG: HeadersObject = {
  ETag: {
    description: 'A strong tag of a page of JSON.',
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: '"Xl0rB3mJ6oYhF1u2c9aKpQwEz7_"',
  },
};

const EXPORTED_LINES: MediaTypeObject = { schema: { type: 'string' } };

export const ApiListMembers = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listRolloutMembers',
      summary: 'List the members of a rollout',
      description:
        'A page of the members, in the order of their UTF-8 bytes. Whoever is a member from the first page to the last is ' +
        'listed exactly once, whatever is added and removed meanwhile. Where `Accept` asks for `text/csv` or `application/x-ndjson`, all ' +
        'members come, one in a line, in an answer without pages.',
    }),
    ApiRolloutId(),
    ApiExtraModels(MembersAnswer),
    ApiResponse({
      status: 200,
      description: 'A page of members; or all of them, in lines.',
      headers: TAG,
      content: {
        'application/json': jsonContent(MembersAnswer, {
          'A page with more after it': { members: ['ann@example.com', 'jim'], count: 3, next_cursor: 'amlt' },
          'The last page': { members: ['john'], next_cursor: null },
        }),
        'text/csv': { ...EXPORTED_LINES, examples: toExamples({ 'Two members': 'ann@example.com\njim\n' }) },
        'application/x-ndjson': {
          ...EXPORTED_LINES,
          examples: toExamples({ 'Two members': '"ann@example.com"\n"jim"\n' }),
        },
      },
    }),
    ApiEmptyAnswer(304, 'You have this page already, as `If-None-Match` says.', TAG),
    ApiNoSuchRollout(),
    ApiError(422, 'A parameter is malformed, or is for pages where none are asked for.', {
      'Too many': { field: 'limit', message: 'limit must be a whole number from 1 to 10000; given: "20000"' },
      'A page of an export': {
        field: 'cursor',
        code: 'exclusive',
        message: 'cursor is for pages of JSON: an export has all members',
      },
    }),
  );

export const ApiIsMember = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'isRolloutMember',
      summary: 'Whether a unit is a member of a rollout',
      description: 'A 204 where it is, a 404 where it is not.',
    }),
    ApiRolloutId(),
    ApiParam({
      name: 'unit',
      description:
        'The unit, percent-encoded. Clients take `.` and `..` out of paths, so that these two cannot be asked for.',
      schema: { ...FEATURE_VALUE, example: 'jim' },
    }),
    ApiEmptyAnswer(204, 'It is a member.'),
    ApiError(404, 'It is no member, or there is no such rollout.', {
      'No member': { field: 'unit', code: 'member_not_found', message: 'the rollout 3 has no member "jim"' },
      'No such rollout': NO_SUCH_ROLLOUT,
    }),
  );
