import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { SETTING_NAME } from '../../openapi/api-schemas.js';
import { REVISION, STALE } from '../query/query.api.js';
import { EvaluationAnswer, EvaluationsAnswer, EvaluateRequest, LintAnswer } from './evaluation.answers.js';

/** Of the rules of the README. */
const WHY_JIM_GETS_50 = {
  settings: {
    cache_size: {
      value: 50,
      reason: 'RULE',
      rule_id: 2,
      why: 'rule 2 decides: account is "jim"',
      steps: [
        {
          position: 1,
          kind: 'rule',
          outcome: 'does_not_match',
          rule_id: 5,
          context_features: [
            ['user', 'guest'],
            ['theme', 'dark'],
          ],
          value: 20,
          failed: ['user', 'guest'],
          why: 'user is unknown, but must be "guest"',
        },
        {
          position: 2,
          kind: 'rule',
          outcome: 'does_not_match',
          rule_id: 3,
          context_features: [
            ['account', 'jim'],
            ['user', 'admin'],
          ],
          value: 200,
          failed: ['user', 'admin'],
          why: 'user is unknown, but must be "admin"',
        },
        {
          position: 3,
          kind: 'rule',
          outcome: 'does_not_match',
          rule_id: 4,
          context_features: [['user', 'guest']],
          value: 10,
          failed: ['user', 'guest'],
          why: 'user is unknown, but must be "guest"',
        },
        {
          position: 4,
          kind: 'rule',
          outcome: 'does_not_match',
          rule_id: 1,
          context_features: [['account', 'john']],
          value: 100,
          failed: ['account', 'john'],
          why: 'account is "jim", not "john"',
        },
        {
          position: 5,
          kind: 'rule',
          outcome: 'decides',
          rule_id: 2,
          context_features: [['account', 'jim']],
          value: 50,
          why: 'account is "jim"',
        },
        { position: 6, kind: 'default', outcome: 'overridden', value: 60, why: 'rule 2 decides' },
      ],
      omitted: 0,
    },
  },
};

export const ApiEvaluate = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'evaluate',
      summary: 'Evaluate settings in a context',
      description: `The values that settings have in a context, by their rules and rollouts, and what decided.

Among the rules and rollouts that match, compare from the last context feature to the first: at each, a condition on it ranks
above a rollout by it, and that above neither. The first where two differ decides between them.

With \`explain\`, the steps to each decision: what there is in order of precedence, what matches, and what keeps the rest from
it. Nothing is changed by asking.`,
    }),
    ApiJsonBody(EvaluateRequest, 'The context, and which settings.', {
      'One setting': { context: { account: 'jim', user: 'bob' }, settings: ['cache_size'] },
      'All settings': { context: { account: 'jim', user: 'bob', theme: 'dark' } },
      'Why jim gets 50': { context: { account: 'jim' }, settings: ['cache_size'], explain: true },
      'Two contexts, at a time': {
        ...{ contexts: [{ account: 'jim' }, { account: 'john' }], settings: ['cache_size'] },
        ...{ at: '2026-03-04T09:00:00+02:00', only: 'non_default' },
      },
    }),
    ApiAnswer(
      200,
      [EvaluationAnswer, EvaluationsAnswer],
      'The values.',
      {
        'By a rule': { settings: { cache_size: { value: 50, reason: 'RULE', rule_id: 2 } } },
        'By a rollout of variants': {
          settings: { cache_size: { value: 80, reason: 'ROLLOUT', rollout_id: 3, variant: 'large' } },
        },
        'By default': { settings: { cache_size: { value: 60, reason: 'DEFAULT' } } },
        'Why jim gets 50': WHY_JIM_GETS_50,
        'Two contexts': {
          evaluations: [
            { settings: { cache_size: { value: 50, reason: 'RULE', rule_id: 2 } } },
            { settings: { cache_size: { value: 100, reason: 'RULE', rule_id: 1 } } },
          ],
        },
      },
      STALE,
    ),
    ApiError(404, 'Some of the settings do not exist.', 'the settings "cache_sise" do not exist'),
    ApiError(422, 'The body is malformed, or the context names what is no context feature.', {
      'An unknown feature': {
        field: 'context.usr',
        message: 'the context names "usr", which is no context feature (have: account, user, theme)',
      },
      'What is no value': {
        field: 'context.user',
        message:
          'the context\'s value of "user" must be a text of 1 to 255 letters, combining marks and digits of any script and "_-.@+/=~#"; given: an array',
      },
    }),
  );

export const ApiLint = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'lintSetting',
      summary: 'Look for rules and rollouts that do nothing',
      description: `What in the rules and rollouts of a setting is superfluous or may not be meant: what can never decide, repeats
what it overrides or the default, a rollout at 0 or 100 % or switched off, a ramp that ended a week ago or more, a value that is not
of the type, values of a feature that differ by case or Unicode normalisation alone. What is said never to decide does so in no context; but not all such is found.`,
    }),
    ApiParam({
      name: 'name',
      description: 'The name of a setting, or one of its aliases.',
      schema: { ...SETTING_NAME, example: 'cache_size' },
    }),
    ApiAnswer(
      200,
      LintAnswer,
      'The findings, none where there is nothing to say.',
      {
        'A rollout to all': {
          findings: [
            {
              kind: 'rollout_at_hundred',
              about: { kind: 'rollout', id: 1 },
              rule_ids: [],
              rollout_ids: [1],
              message: 'rollout 1 is at 100 %: it admits everybody whose user is known',
            },
            {
              kind: 'wins_only_without_feature',
              about: { kind: 'rule', id: 1 },
              rule_ids: [1],
              rollout_ids: [1],
              message:
                'rule 1 decides only where user is unknown: rollout 1 matches everywhere else, and ranks above it',
            },
          ],
          omitted: 0,
        },
        Nothing: { findings: [], omitted: 0 },
      },
      REVISION,
    ),
    ApiError(404, 'There is no such setting.', 'the setting "cache_size" does not exist'),
  );
