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

export const FEATURE_VALUE = {
  type: 'string',
  pattern: '^[\\p{L}\\p{Nd}_\\-.@+/=~#]+$',
  minLength: 1,
  maxLength: 255,
} as const satisfies SchemaObject;

export const VERSION = { type: 'string', pattern: '^[0-9]{1,9}\\.[0-9]{1,9}$' } as const satisfies SchemaObject;

/** A boolean of a query string, in the spellings that clients of several languages send. */
export const BOOLEAN_TEXT = {
  type: 'string',
  pattern: '^([tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|1|0|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF])$',
} as const satisfies SchemaObject;

/** A reference to a schema that a member or an answer consists of. */
export function schemaRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** For ApiProperty: any JSON value, null included. */
export const ANY_JSON = { allOf: [schemaRef('JsonValue')] };

/** For ApiProperty: an object of metadata. */
export const METADATA = { allOf: [schemaRef('Metadata')] };

/** Schemas that no class describes. */
export const SHARED_SCHEMAS = {
  JsonValue: {
    title: 'Any JSON value',
    description:
      'Any JSON value, `null` included, kept exactly as it is written. An integer beyond ±(2^53−1) and a number that overflows are refused with a 422, never rounded.',
  },
  Metadata: {
    type: 'object',
    description:
      'Free-form notes about a setting or a rule. Keys are 1 to 255 letters, digits, `_` and `-`; values are any JSON, without U+0000 and lone surrogates.',
    additionalProperties: schemaRef('JsonValue'),
    example: { team: 'storage', ticket: 'OPS-1204' },
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
