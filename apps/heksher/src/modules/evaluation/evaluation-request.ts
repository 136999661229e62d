import {
  type Context,
  contextValueOf,
  FEATURE_VALUE_RULE,
  type FieldError,
  HeksherError,
  isFeatureValue,
  type Json,
  quoted,
} from '@heksher/core';
import { parseObject } from '../../http/validation.js';

/** Which settings (names or aliases; undefined: all) in which context, and whether with the steps to each decision. */
export type EvaluationRequest = Readonly<{
  context: Context;
  settings: readonly string[] | undefined;
  explain: boolean;
}>;

/**
 * Reads `{"context": {"user": "jim"}, "settings": ["cache_size"], "explain": true}`, of which the last two may be absent.
 * Throws 'invalid' with all that is wrong at once.
 */
export function parseEvaluationRequest(body: unknown): EvaluationRequest {
  const { members } = parseObject(body);
  const problems: FieldError[] = [];
  const request = {
    context: readContext(members.get('context'), problems),
    settings: readSettings(members.get('settings'), problems),
    explain: readExplain(members.get('explain'), problems),
  };
  if (problems.length === 0) return request;
  throw new HeksherError('invalid', problems.map(({ message }) => message).join('; '), { errors: problems });
}

/** Throws 'invalid' where the context names what is no context feature. */
export function requireKnownFeatures(context: Context, features: ReadonlySet<string>): void {
  const unknown = [...context.keys()].filter((name) => !features.has(name));
  if (unknown.length === 0) return;
  const names = unknown.map(quoted).join(', ');
  const message = `the context names ${names}, which is no context feature (have: ${[...features].join(', ')})`;
  const errors = unknown.map((name) => ({ field: `context.${name}`, message }));
  throw new HeksherError('invalid', message, { errors });
}

function readContext(json: Json | undefined, problems: FieldError[]): Context {
  const context = new Map<string, string>();
  if (json?.kind !== 'object') {
    const given = json === undefined ? 'missing' : kindOf(json);
    problems.push({
      field: 'context',
      message: `context must be an object from context features to their values; given: ${given}`,
    });
    return context;
  }
  for (const [name, value] of json.members) {
    const text = contextValueOf(value);
    if (text !== undefined && isFeatureValue(text)) context.set(name, text);
    else {
      const given = text === undefined ? kindOf(value) : quoted(text);
      const message = `the context's value of ${quoted(name)} must be a text of ${FEATURE_VALUE_RULE}; given: ${given}`;
      problems.push({ field: `context.${name}`, message });
    }
  }
  return context;
}

/** Any text may be the name of a setting here: that of one in an adopted database. */
function readSettings(json: Json | undefined, problems: FieldError[]): readonly string[] | undefined {
  if (json === undefined) return undefined;
  const items = json.kind === 'array' ? json.items : [json];
  const names = items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
  if (json.kind === 'array' && names.length === items.length) return names;
  const odd = items.find((item) => item.kind !== 'string') ?? json;
  const message = `settings must be a list of names, or absent for all; given: ${json.kind === 'array' ? `a list with ${kindOf(odd)}` : kindOf(json)}`;
  problems.push({ field: 'settings', message });
  return undefined;
}

function readExplain(json: Json | undefined, problems: FieldError[]): boolean {
  if (json === undefined) return false;
  if (json.kind === 'boolean') return json.value;
  problems.push({ field: 'explain', message: `explain must be true or false; given: ${kindOf(json)}` });
  return false;
}

function kindOf({ kind }: Json): string {
  if (kind === 'null') return 'null';
  return kind === 'array' || kind === 'object' ? `an ${kind}` : `a ${kind}`;
}
