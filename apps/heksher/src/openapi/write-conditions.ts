import {
  type HeaderObject,
  type MediaTypeObject,
  type OperationObject,
  type ParameterObject,
  type ReferenceObject,
  type ResponseObject,
  type ResponsesObject,
} from '@nestjs/swagger';
import { LONGEST_MESSAGE } from '../http/message.js';
import { commonAnswer } from './common-answers.js';

const EXAMPLE_ETAG = '"Xl0rB3mJ6oYhF1u2c9aKpQwEz7_"';

const ETAG: HeaderObject = {
  description: 'The tag of this content, for `If-None-Match` of reads and `If-Match` of writes.',
  required: true,
  schema: { type: 'string', pattern: '^"[\\w-]+"$' },
  example: EXAMPLE_ETAG,
};

const REVISION: HeaderObject = {
  description:
    'The state that the write left: `<seq>-<first 8 characters of the token>`, of which the number grows with every write.',
  schema: { type: 'string', pattern: '^[0-9]+-[0-9a-f]{8}$' },
  example: '42-9f1c2d3e',
};

const IF_NONE_MATCH: ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Entity tags of answers you have, or `*` (RFC 9110).',
  required: false,
  schema: { type: 'string', example: EXAMPLE_ETAG },
};

const IF_MATCH: ParameterObject = {
  name: 'If-Match',
  in: 'header',
  description:
    'The entity tag of what you have read, or a list of tags, or `*`: the write is carried out only where that is still there.',
  required: false,
  schema: { type: 'string', example: '*' },
};

const MESSAGE: ParameterObject = {
  name: 'Heksher-Message',
  in: 'header',
  description: `Why: one line of at most ${LONGEST_MESSAGE} characters for the change log, percent-encoded UTF-8 where it is not ASCII.`,
  required: false,
  schema: { type: 'string', example: 'more room for the sale' },
};

const IF_REVISION: ParameterObject = {
  name: 'Heksher-If-Revision',
  in: 'header',
  description:
    'A revision, as `Heksher-Revision` and the history give it: the write is carried out only where what it is about was not ' +
    'changed after it; else it is answered 412. What a write adds, nobody can have changed: then it must only be a revision that is known.',
  required: false,
  schema: { type: 'string', pattern: '^([0-9]{1,15}-[0-9a-f]{8})?$' },
  examples: { 'Whatever was changed': { value: '' } },
};

const DRY_RUN: ParameterObject = {
  name: 'dry_run',
  in: 'query',
  description:
    'Nothing is written: the answer says what the write would change, or it is refused as the write would be.',
  required: false,
  schema: { type: 'boolean', default: false, example: false },
};

/** The schema of what a dry run answers. */
const DRY_RUN_ANSWER = { $ref: '#/components/schemas/DryRunAnswer' };

const DRY_RUN_EXAMPLE = {
  dry_run: true,
  revision: '42-9f1c2d3e',
  affected: {
    settings: [
      {
        setting: 'cache_size',
        outcome: 'changed',
        cells: [
          {
            when: { user: { is: 'guest' } },
            except: [],
            except_omitted: 0,
            from: { value: 10, by: { kind: 'rule', rule_id: 7 } },
            to: { value: 20, by: { kind: 'rule', rule_id: 7 } },
          },
        ],
        more: false,
        rollouts: [],
        rollouts_omitted: 0,
        lint: { added: [], removed: [], omitted: 0 },
      },
    ],
    omitted: 0,
  },
};

/** They have a dry run of their own, or none. */
const WITHOUT_DRY_RUN = /\/(members|changesets|history|keys|principals)(\/|$)/;

/** They add something that nobody can have seen. */
const CREATING = new Set(['POST /api/v1/rules', 'POST /api/v1/rollouts', 'POST /api/v1/settings/declare']);

/** They change nothing. */
const COMPUTING = new Set(['POST /api/v1/evaluate']);

/** Change sets have conditions of their own, webhooks none; and tags of what changes by the clock alone would say nothing. */
const CONDITIONS_OF_ITS_OWN = /^[/]api[/]v1[/](changesets|history[/]|webhooks)/;

/** Its findings depend on the clock as well. */
const UNTAGGED = '/api/v1/settings/{name}/lint';

/** Adds what all reads and writes of the API have in common: entity tags, conditions, messages, revisions. */
export function withConditions(method: string, path: string, operation: OperationObject): OperationObject {
  const name = `${method.toUpperCase()} ${path}`;
  if (!path.startsWith('/api/v1/') || COMPUTING.has(name)) return operation;
  if (path === UNTAGGED) return operation;
  if (method !== 'get' && CONDITIONS_OF_ITS_OWN.test(path)) return operation;
  if (method === 'get') return readWithTag(operation);
  const write = writeOnCondition(operation, !CREATING.has(name));
  return WITHOUT_DRY_RUN.test(path) ? write : writeWithDryRun(write);
}

function readWithTag(operation: OperationObject): OperationObject {
  const { parameters = [], responses } = operation;
  const found = responses[200];
  if (found === undefined || '$ref' in found || responses[304] !== undefined) return operation;
  const isListed = parameters.some((one) => 'name' in one && one.name === IF_NONE_MATCH.name);
  return {
    ...operation,
    parameters: isListed ? parameters : [...parameters, IF_NONE_MATCH],
    responses: {
      ...responses,
      200: withHeader(found, 'ETag', ETAG),
      304: { description: 'It is as in the answer with a tag of `If-None-Match`.', headers: { ETag: ETAG } },
    },
  };
}

function writeOnCondition(operation: OperationObject, hasState: boolean): OperationObject {
  const { parameters = [], responses } = operation;
  const answers = Object.entries(responses).map(([status, answer]): [string, ResponseObject | ReferenceObject] =>
    answer === undefined || !status.startsWith('2') || '$ref' in answer
      ? [status, answer ?? { description: '' }]
      : [status, withHeader(answer, 'Heksher-Revision', REVISION)],
  );
  return {
    ...operation,
    parameters: [...parameters, ...(hasState ? [IF_MATCH] : []), IF_REVISION, MESSAGE],
    responses: { ...(Object.fromEntries(answers) as ResponsesObject), 412: commonAnswer('PreconditionFailed') },
  };
}

function writeWithDryRun(operation: OperationObject): OperationObject {
  const { parameters = [], responses } = operation;
  const written = responses[200];
  const answer = written !== undefined && 'content' in written ? written : undefined;
  const media = answer?.content?.['application/json'];
  return {
    ...operation,
    parameters: [...parameters, DRY_RUN],
    responses: {
      ...responses,
      200: {
        description: 'What the write would change, where `dry_run` asked for that.',
        ...answer,
        content: {
          'application/json': {
            ...(media ?? { examples: { dry_run: { summary: 'a dry run', value: DRY_RUN_EXAMPLE } } }),
            schema: media?.schema === undefined ? DRY_RUN_ANSWER : orDryRun(media.schema),
          },
        },
      },
    },
  };
}

type Schema = NonNullable<MediaTypeObject['schema']>;

function orDryRun(schema: Schema): Schema {
  const alternatives = 'oneOf' in schema ? (schema.oneOf ?? []) : [schema];
  return { oneOf: [...alternatives, DRY_RUN_ANSWER] };
}

function withHeader(answer: ResponseObject, name: string, header: HeaderObject): ResponseObject {
  return { ...answer, headers: { ...answer.headers, [name]: header } };
}
