import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, type HeadersObject } from '@nestjs/swagger';
import { BOOLEAN_RULE } from '../../http/boolean.js';
import { ApiAnswer, ApiEmptyAnswer, ApiError } from '../../openapi/api-answers.js';
import { CONTEXT_FEATURE_NAME, FEATURE_VALUE, SETTING_NAME } from '../../openapi/api-schemas.js';
import { FINDING_KINDS } from '../evaluation/lint-answer.js';
import { REVISION } from '../query/query.api.js';
import { SHOWN as ROLLOUT } from '../rollouts/rollouts.api.js';
import { SettingAnswer, SettingsAnswer } from '../settings/settings.answers.js';
import { ApiNoSuchSetting, ApiSettingName, CACHE_SIZE, IN_FULL } from '../settings/settings.api.js';
import {
  FeatureValuesAnswer,
  LintPageAnswer,
  RolloutsPageAnswer,
  RulesPageAnswer,
  SettingsPageAnswer,
  SettingViewAnswer,
} from './browsing.answers.js';
import { LARGEST_PAGE, USUAL_PAGE } from './parameters.js';
import { ROLLOUT_STATES } from '../rollouts/rollout-moment.js';
import { INCLUDED, MOST_LINES } from './setting-view.js';
import { HAVING, SORTS, WITH_SETTINGS } from './settings-page.js';

const TAGGED: HeadersObject = {
  ETag: {
    description: 'A strong tag of this very content. `If-None-Match` with it is answered 304 where nothing changed.',
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: '"Xl0rB3mJ6oYhF1u2c9aKpQwEz7_"',
  },
  ...REVISION,
};

/** That a client who has the answer is not sent it again. */
export const ApiNotModified = () =>
  ApiEmptyAnswer(304, 'You have this answer already, as `If-None-Match` says.', TAGGED);

const ApiLimit = (description = `How many a page has at most: 1 to ${LARGEST_PAGE}, usually ${USUAL_PAGE}.`) =>
  ApiQuery({
    name: 'limit',
    required: false,
    description,
    schema: { type: 'string', pattern: '^[0-9]{1,4}$', example: '100' },
  });

const ApiCursor = () =>
  ApiQuery({
    name: 'cursor',
    required: false,
    description:
      'The `next_cursor` of the page before; the first page needs none. What is there from the first page to the last, and keeps its place, is listed exactly once.',
    schema: { type: 'string' },
    examples: { 'The first page': { value: '' } },
  });

const ApiText = (name: string, description: string, schema: object) =>
  ApiQuery({ name, required: false, description, schema: { type: 'string', ...schema } });

/** Of these texts some, separated by commas. */
const ApiSome = (name: string, description: string, accepted: readonly string[], example: string) =>
  ApiText(
    name,
    `${description} One or more of ${accepted.map((one) => `\`${one}\``).join(', ')}, separated by commas.`,
    {
      pattern: `^(${accepted.join('|')})(,(${accepted.join('|')}))*$`,
      example,
    },
  );

const ApiMetadata = () =>
  ApiText(
    'metadata.owner',
    'Only settings with this value of metadata; any other key may stand in place of `owner`, and several may be given. A text, or the JSON of any value.',
    { example: 'storage' },
  );

const UNKNOWN = {
  field: 'page',
  parameter: 'page',
  code: 'unknown_parameter',
} as const;

const CHANGED = { seq: 1042, at: '2026-03-01T09:00:00.000Z', actor: 'ana' };
const COUNTED = { ...IN_FULL, rule_count: 5, rollout_count: 1 };
const RULE = {
  rule_id: 7,
  setting: 'cache_size',
  value: 20,
  feature_values: [
    ['user', 'guest'],
    ['theme', 'dark'],
  ],
  metadata: {},
};
const FINDING = {
  kind: 'repeats_default',
  about: { kind: 'rule', id: 7 },
  rule_ids: [7],
  rollout_ids: [],
  message: 'rule 7 gives the default value',
};

export const ApiListSettings = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listSettings',
      summary: 'List the settings',
      description: `All settings, sorted by name, in short or in full; or, with any other parameter than
\`include_additional_data\`, a page of those that are looked for, with counts of their rules and rollouts. All conditions must hold.`,
    }),
    ApiText('q', 'Only settings with this in their name or an alias, in upper or lower case.', { example: 'cache' }),
    ApiText('type', 'Only settings of this type, or of any `Enum`, `Flags`, `Sequence` or `Mapping`.', {
      example: 'int',
    }),
    ApiText('feature', 'Only settings that are configurable by this context feature.', {
      ...CONTEXT_FEATURE_NAME,
      example: 'user',
    }),
    ApiMetadata(),
    ApiSome(
      'has',
      'Only settings that have all of these; an `override` is a rule without conditions. Findings take a while where they were not looked for before.',
      HAVING,
      'rules',
    ),
    ApiText('without', 'Only settings without this key of metadata.', { example: 'owner' }),
    ApiText(
      'value',
      'Only settings whose default, or a rule or rollout of theirs, gives this value (a text, or the JSON of any value), or a value with a text in it that has this in it.',
      { example: '10.0.0.7' },
    ),
    ApiText(
      'changed_after',
      'Only settings that were changed, or their rules or rollouts, after a revision (its number) or a time (RFC 3339), as far as the change log reaches back.',
      { example: '2026-03-01T09:00:00Z' },
    ),
    ApiQuery({
      name: 'sort',
      required: false,
      description:
        'By what the settings are sorted, descending with `-`; those with equal counts by name. `changed` has those first that were not changed for longest.',
      schema: { type: 'string', enum: [...SORTS], default: 'name', example: 'name' },
    }),
    ApiSome(
      'include',
      'What else each setting comes with: the number of its findings, when and by whom it was changed last.',
      WITH_SETTINGS,
      'findings',
    ),
    ApiLimit(),
    ApiCursor(),
    ApiAnswer(
      200,
      [SettingsAnswer, SettingsPageAnswer],
      'The settings. The headers are those of a page.',
      {
        'In short': { settings: [CACHE_SIZE] },
        'In full': { settings: [IN_FULL] },
        'A page': { settings: [{ ...COUNTED, changed: CHANGED }], total: 1, next_cursor: null },
      },
      TAGGED,
    ),
    ApiNotModified(),
    ApiError(422, 'A parameter is malformed; or, of a page, one is not known.', {
      'No boolean': {
        field: 'include_additional_data',
        message: `"maybe" is no boolean; accepted: ${BOOLEAN_RULE}`,
      },
      'An unknown parameter': {
        ...UNKNOWN,
        message:
          '"page" is no parameter of this operation; accepted: q, type, feature, has, without, value, changed_after, sort, limit, cursor, include, include_additional_data, metadata.<key>',
      },
    }),
  );

export const ApiFindSetting = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getSetting',
      summary: 'Get a setting',
      description: `A setting with all that is known of it, its rules excepted; or with these and what else \`include\` asks for, as of one
revision.`,
    }),
    ApiSettingName(),
    ApiSome('include', `What comes with it. At most ${MOST_LINES} lines are listed.`, INCLUDED, 'rules,rollouts,lint'),
    ApiAnswer(
      200,
      [SettingAnswer, SettingViewAnswer],
      'The setting. The headers are those of an answer with `include`.',
      {
        'A whole number': IN_FULL,
        'With its rules and findings': {
          ...{ ...COUNTED, rule_count: 1, rollout_count: 0, context_features: ['account', 'user', 'theme'] },
          ...{ lines: [{ position: 1, kind: 'rule', ...RULE }], lines_omitted: 0 },
          ...{ findings: [FINDING], findings_omitted: 0 },
        },
      },
      TAGGED,
    ),
    ApiNotModified(),
    ApiNoSuchSetting(),
    ApiError(422, 'The path cannot be decoded, or asks for what there is not.', {
      'A path that cannot be decoded': { message: "Failed to decode param '%zz'" },
      'Something else': {
        field: 'include',
        parameter: 'include',
        message: 'include must be one of rules, rollouts, lint, changed; given: "history"',
      },
    }),
  );

export const ApiListRules = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listRules',
      summary: 'Look for rules',
      description: 'A page of the rules of all settings, or of those that are looked for. All parameters must hold.',
    }),
    ApiText('setting', 'Only rules of this setting: its name, or one of its aliases.', {
      ...SETTING_NAME,
      example: 'cache_size',
    }),
    ApiText('feature', 'Only rules with a condition on this context feature.', {
      ...CONTEXT_FEATURE_NAME,
      example: 'user',
    }),
    ApiText('value', 'Only rules with a condition of this value, on that feature or on any.', {
      ...FEATURE_VALUE,
      example: 'guest',
    }),
    ApiText('rule_value', 'Only rules that give this value: a text, or the JSON of any value. `50` finds "50" too.', {
      example: '20',
    }),
    ApiLimit(),
    ApiCursor(),
    ApiAnswer(
      200,
      RulesPageAnswer,
      'The rules.',
      { 'A page': { rules: [RULE], next_cursor: null }, None: { rules: [], next_cursor: null } },
      TAGGED,
    ),
    ApiNotModified(),
    ApiNoSettingAsked(),
    ApiBadParameter('setting, feature, value, rule_value, limit, cursor'),
  );

const ApiNoSettingAsked = () =>
  ApiError(404, 'There is no such setting.', {
    field: 'setting',
    code: 'setting_not_found',
    message: 'the setting "cache_sise" does not exist',
  });

const ApiBadParameter = (accepted: string) =>
  ApiError(422, 'A parameter is malformed, or not known.', {
    'An unknown parameter': {
      ...UNKNOWN,
      message: `"page" is no parameter of this operation; accepted: ${accepted}`,
    },
    'Too many': { field: 'limit', message: 'limit must be a whole number from 1 to 1000; given: "5000"' },
  });

export const ApiListRollouts = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listRollouts',
      summary: 'List the rollouts',
      description:
        'A page of the rollouts of all settings, or of those that are looked for, with what each of them is now. Members are counted, not listed.',
    }),
    ApiText('setting', 'Only rollouts of this setting: its name, or one of its aliases.', {
      ...SETTING_NAME,
      example: 'new_checkout',
    }),
    ApiText('feature', 'Only rollouts by this context feature.', { ...CONTEXT_FEATURE_NAME, example: 'user' }),
    ApiSome('state', 'Only rollouts that are such now.', ROLLOUT_STATES, 'ramping,scheduled'),
    ApiLimit(
      `How many a page has at most: 1 to ${LARGEST_PAGE}, usually ${USUAL_PAGE}; but all of a setting, where one is given.`,
    ),
    ApiCursor(),
    ApiAnswer(
      200,
      RolloutsPageAnswer,
      'The rollouts.',
      {
        'One rollout': { rollouts: [ROLLOUT], total: 1, next_cursor: null },
        None: { rollouts: [], total: 0, next_cursor: null },
      },
      TAGGED,
    ),
    ApiNotModified(),
    ApiNoSettingAsked(),
    ApiBadParameter('setting, feature, state, limit, cursor'),
  );

export const ApiLintAll = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'lintSettings',
      summary: 'Look for rules and rollouts that do nothing, in all settings',
      description: `A page of what lint of a setting finds, of all settings. Where many rules were not looked at before, a page ends
early: go on until there is no \`next_cursor\`.`,
    }),
    ApiSome('kind', 'Only findings of these kinds.', FINDING_KINDS, 'never_wins'),
    ApiMetadata(),
    ApiLimit(),
    ApiCursor(),
    ApiAnswer(
      200,
      LintPageAnswer,
      'The findings.',
      {
        'A page': { findings: [{ setting: 'cache_size', ...FINDING }], next_cursor: null },
        Nothing: { findings: [], next_cursor: null },
      },
      TAGGED,
    ),
    ApiNotModified(),
    ApiBadParameter('kind, limit, cursor, metadata.<key>'),
  );

export const ApiListFeatureValues = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listContextFeatureValues',
      summary: 'List the values of a context feature',
      description:
        'The values that conditions of rules and rollouts name, those used most first. Members of rollouts are not among them.',
    }),
    ApiParam({
      name: 'name',
      description: 'The name of a context feature.',
      schema: { ...CONTEXT_FEATURE_NAME, example: 'user' },
    }),
    ApiText('prefix', 'Only values that begin so, code point by code point.', { example: 'gu' }),
    ApiLimit(`How many are listed at most: 1 to ${LARGEST_PAGE}, usually ${USUAL_PAGE}.`),
    ApiAnswer(
      200,
      FeatureValuesAnswer,
      'The values.',
      {
        'Two values': {
          values: [
            { value: 'guest', rule_count: 2, rollout_count: 0 },
            { value: 'admin', rule_count: 1, rollout_count: 1 },
          ],
          total: 2,
        },
        None: { values: [], total: 0 },
      },
      TAGGED,
    ),
    ApiNotModified(),
    ApiError(
      404,
      'There is no such context feature.',
      {
        field: 'name',
        code: 'context_feature_not_found',
        message: 'the context feature "user" does not exist',
      },
      { text: 'empty' },
    ),
    ApiBadParameter('prefix, limit'),
  );
