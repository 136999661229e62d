import { GREATEST_WEIGHT, MOST_VARIANTS } from '@heksher/core';
import { type SchemaObject } from '@nestjs/swagger';

/** The texts of the contract as schemas, for what clients send. What the service answers may be odder: see the adoption of old databases. */

export const SETTING_NAME = {
  type: 'string',
  pattern: '^[a-zA-Z0-9_.]+$',
  minLength: 1,
  maxLength: 255,
} as const satisfies SchemaObject;

export const CONTEXT_FEATURE_NAME = {
  type: 'string',
  pattern: '^[a-zA-Z0-9_]+$',
  minLength: 1,
  maxLength: 255,
} as const satisfies SchemaObject;

export const METADATA_KEY = {
  type: 'string',
  pattern: '^[a-zA-Z0-9_-]+$',
  minLength: 1,
  maxLength: 255,
} as const satisfies SchemaObject;

/**
 * No white space, quotes or other marks of ASCII than `_-.@+/=~#`. Beyond ASCII it admits more than the service does: letters
 * of any script need the flag `u`, without which Swagger UI compiles patterns.
 */
export const FEATURE_VALUE = {
  type: 'string',
  pattern: "^[^\\u0000-\\u0022$%&'()*,:;<>?\\[\\\\\\]^`{|}\\u007f\\s\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f]+$",
  minLength: 1,
  maxLength: 255,
} as const satisfies SchemaObject;

/** One that is given: a number or a boolean stands for its text. */
export const GIVEN_FEATURE_VALUE = {
  oneOf: [FEATURE_VALUE, { type: 'number' }, { type: 'boolean' }],
} as const satisfies SchemaObject;

/** In an answer. */
export const VERSION = { type: 'string', pattern: '^[0-9]{1,9}\\.[0-9]{1,9}$' } as const satisfies SchemaObject;

/** In a body, where a JSON number stands for its text. */
export const GIVEN_VERSION = {
  oneOf: [VERSION, { type: 'number', description: 'Its text counts: `1.10` is not `1.1`.' }],
} satisfies SchemaObject;

/** A boolean of a query string, in the spellings that clients of several languages send. */
export const BOOLEAN_TEXT = {
  type: 'string',
  pattern: '^([tT]([rR][uU][eE])?|[fF]([aA][lL][sS][eE])?|1|0|[yY]([eE][sS])?|[nN][oO]?|[oO][nN]|[oO][fF][fF])$',
} as const satisfies SchemaObject;

/** A reference to a schema that a member or an answer consists of. */
export function schemaRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** For ApiProperty: any JSON value, null included. */
export const ANY_JSON = { allOf: [schemaRef('JsonValue')] };

/** For ApiProperty: an object of metadata. */
export const METADATA = { allOf: [schemaRef('Metadata')] };

const CHANGE_OPERATION = `What it does, and to what. Rules are named by \`setting\` and \`feature_values\` (absent: the value for everyone),
rollouts by \`feature\` as well. \`expect\` says what the operation relies on: the fields named must have these values; \`null\`: there must be
no such thing. The other members depend on \`op\`:

| \`op\` | members |
| --- | --- |
| \`put_rule\` | \`value\`, \`metadata\`: makes the rule, or changes it |
| \`patch_rule\` | \`set\`: \`value\`, \`metadata\`, \`feature_values\` |
| \`delete_rule\` | |
| \`put_rollout\` | as for \`POST /api/v1/rollouts\`: makes the rollout, or replaces it |
| \`patch_rollout\` | \`set\`: as for \`PATCH /api/v1/rollouts/{id}\` |
| \`delete_rollout\` | |
| \`change_members\` | \`add\`, \`remove\`: units |
| \`put_setting\` | \`type\`, \`default_value\`, \`configurable_features\`, \`metadata\`, \`version\`, \`aliases\`; with \`create\`, or where \`expect\` is \`null\`, it makes the setting |
| \`declare\` | as for \`POST /api/v1/settings/declare\`, but a new setting may be of any version; \`on_conflict\`: \`fail\`, or \`skip\` |
| \`rename_setting\` | \`name\`, \`version\`, \`keep_alias\` |
| \`delete_setting\` | |
| \`add_context_feature\` | \`name\`, and \`after\` or \`before\` another, or last |
| \`move_context_feature\` | \`name\`, and \`after\` or \`before\` another |
| \`delete_context_feature\` | \`name\` |`;

/** Schemas that no class describes. */
export const SHARED_SCHEMAS = {
  JsonValue: {
    title: 'Any JSON value',
    description:
      'Any JSON value, `null` included, kept exactly as it is written. Nothing is rounded: integers are kept and compared by all their digits, up to 1 000. A number of more digits, and one that overflows a double, such as `1e400`, is refused with a 422.',
  },
  Metadata: {
    type: 'object',
    description:
      'Free-form notes about a setting, a rule or a rollout. Keys are 1 to 255 letters, digits, `_` and `-`; values are any JSON, without U+0000 and lone surrogates.',
    additionalProperties: schemaRef('JsonValue'),
    example: { team: 'storage', ticket: 'OPS-1204' },
  },
  FeatureValues: {
    type: 'object',
    description: 'The value that each context feature must have, by its name; it may be empty.',
    additionalProperties: GIVEN_FEATURE_VALUE,
    example: { account: 'jim' },
  },
  Ramp: {
    type: 'object',
    description:
      'A percentage that moves in a straight line, by the clock alone: `from` before `start`, `to` from `end` on. Times are of RFC 3339.',
    required: ['start', 'end', 'from', 'to'],
    properties: {
      start: { type: 'string', format: 'date-time' },
      end: { type: 'string', format: 'date-time', description: 'Not before `start`.' },
      from: { type: 'number', minimum: 0, maximum: 100 },
      to: { type: 'number', minimum: 0, maximum: 100 },
    },
    example: { start: '2026-03-01T09:00:00+02:00', end: '2026-03-08T09:00:00+02:00', from: 1, to: 100 },
  },
  Variants: {
    type: 'array',
    description: 'Values with how often each is given: as its weight is to the sum of weights. Names are unique.',
    minItems: 1,
    maxItems: MOST_VARIANTS,
    items: {
      type: 'object',
      required: ['name', 'value', 'weight'],
      properties: {
        name: { ...METADATA_KEY },
        value: { allOf: [schemaRef('JsonValue')], description: 'It must be of the type of the setting.' },
        weight: { type: 'integer', minimum: 1, maximum: GREATEST_WEIGHT },
      },
    },
    example: [
      { name: 'control', value: 'blue', weight: 2 },
      { name: 'green', value: 'green', weight: 1 },
    ],
  },
  ChangeOperation: {
    type: 'object',
    description: CHANGE_OPERATION,
    required: ['op'],
    properties: {
      op: {
        type: 'string',
        enum: [
          ...[
            'put_rule',
            'patch_rule',
            'delete_rule',
            'put_rollout',
            'patch_rollout',
            'delete_rollout',
            'change_members',
          ],
          ...['put_setting', 'declare', 'rename_setting', 'delete_setting'],
          ...['add_context_feature', 'move_context_feature', 'delete_context_feature'],
        ],
      },
      setting: { type: 'string', description: 'The name of the setting, or an alias.' },
      feature_values: schemaRef('FeatureValues'),
      expect: { allOf: [schemaRef('JsonValue')], description: 'What it relies on: an object of fields, or `null`.' },
    },
    additionalProperties: true,
    example: { op: 'put_rule', setting: 'cache_size', feature_values: { user: 'guest' }, value: 20 },
  },
  Conditions: {
    type: 'array',
    description:
      'The conditions of a rule as pairs of a context feature and its value, in the order of the context features.',
    items: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
    example: [
      ['user', 'guest'],
      ['theme', 'dark'],
    ],
  },
} satisfies Record<string, SchemaObject>;
