import {
  type Context,
  FEATURE_VALUE_RULE,
  type FieldError,
  type InSteps,
  type Json,
  listed,
  partsOf,
  type ProblemCode,
  ProblemList,
  quoted,
} from '@heksher/core';
import { featureValueOf } from '../../http/feature-value.js';
import { pointerTo } from '../../http/parsed.js';
import { show } from '../../http/readers.js';
import { parseObject, refuseUnknown } from '../../http/validation.js';

/** Which settings (names or aliases; undefined: all) in which context, and whether with the steps to each decision. */
export type EvaluationRequest = Readonly<{
  context: Context;
  settings: readonly string[] | undefined;
  explain: boolean;
}>;

const MEMBERS = new Set(['context', 'settings', 'explain']);

/**
 * Reads `{"context": {"user": "jim"}, "settings": ["cache_size"], "explain": true}`, of which the last two may be absent.
 * Throws 'invalid' with all that is wrong at once, unknown members included.
 */
export function* parseEvaluationRequest(body: unknown): InSteps<EvaluationRequest> {
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  refuseUnknown(members.keys(), MEMBERS, 'body', problems);
  const request = {
    context: yield* readContext(members.get('context'), problems),
    settings: readSettings(members.get('settings'), problems),
    explain: readExplain(members.get('explain'), problems),
  };
  problems.throwIfAny();
  return request;
}

/** Throws 'invalid' where the context names what is no context feature. */
export function requireKnownFeatures(context: Context, features: ReadonlySet<string>): void {
  const problems = new ProblemList();
  for (const name of context.keys()) {
    if (features.has(name)) continue;
    problems.add(() => {
      const have = listed([...features], (feature) => feature, 20) || 'none';
      return problemIn(name, `the context names ${quoted(name)}, which is no context feature (have: ${have})`, UNKNOWN);
    });
  }
  problems.throwIfAny();
}

const UNKNOWN = 'context_feature_not_found';

function problemIn(name: string, message: string, code: ProblemCode): FieldError {
  return { field: `context.${name}`, pointer: pointerTo('context', name), message, code };
}

function* readContext(json: Json | undefined, problems: ProblemList): InSteps<Context> {
  const context = new Map<string, string>();
  if (json?.kind !== 'object') {
    const accepted = 'an object from context features to their values';
    problems.add(() => ({
      field: 'context',
      message: `context must be ${accepted}; given: ${json === undefined ? 'missing' : show(json)}`,
      code: json === undefined ? 'missing' : 'malformed',
    }));
    return context;
  }
  for (const part of partsOf([...json.members])) {
    for (const [name, value] of part) {
      const text = featureValueOf(value);
      if (text !== undefined) context.set(name, text);
      else {
        const accepted = `a text of ${FEATURE_VALUE_RULE}, a number or a boolean`;
        problems.add(() => {
          const message = `the context's value of ${quoted(name)} must be ${accepted}; given: ${show(value)}`;
          return problemIn(name, message, 'malformed');
        });
      }
    }
    yield;
  }
  return context;
}

/** Any text may be the name of a setting here: that of one in an adopted database. */
function readSettings(json: Json | undefined, problems: ProblemList): readonly string[] | undefined {
  if (json === undefined) return undefined;
  const accepted = 'a list of names, or absent for all';
  if (json.kind !== 'array') {
    problems.add(() => ({ field: 'settings', message: `settings must be ${accepted}; given: ${show(json)}` }));
    return undefined;
  }
  return json.items.map((item, index) => {
    if (item.kind === 'string') return item.value;
    problems.add(() => ({
      field: 'settings',
      pointer: pointerTo('settings', index),
      message: `settings must be ${accepted}; given: a list with ${show(item)}`,
    }));
    return '';
  });
}

function readExplain(json: Json | undefined, problems: ProblemList): boolean {
  if (json === undefined) return false;
  if (json.kind === 'boolean') return json.value;
  problems.add(() => ({ field: 'explain', message: `explain must be true or false; given: ${show(json)}` }));
  return false;
}
