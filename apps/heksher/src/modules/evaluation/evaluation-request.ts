import {
  type Context,
  FEATURE_VALUE_RULE,
  featureValueOf,
  forEachInSteps,
  type FieldError,
  type InSteps,
  invalid,
  type Json,
  listed,
  parseInstant,
  type ProblemCode,
  ProblemList,
  quoted,
  pointerTo,
} from '@heksher/core';
import { show } from '../../http/readers.js';
import { parseObject, refuseUnknown } from '../../http/validation.js';

/** Which settings (names or aliases; undefined: all) in which contexts, and how. */
export type EvaluationRequest = Readonly<{
  contexts: readonly AskedContext[];
  /** Whether a list of contexts was given, however long, and a list of answers is wanted. */
  isList: boolean;
  settings: readonly string[] | undefined;
  /** Whether with the steps to each decision. */
  explain: boolean;
  /** The time that ramps go by; undefined: now. */
  atMs: number | undefined;
  /** Whether settings that have their default are left out. */
  onlyNonDefault: boolean;
}>;

/** A context, and where in the body it stands. */
type AskedContext = Readonly<{ context: Context; path: ContextPath }>;

type ContextPath = readonly ['context'] | readonly ['contexts', number];

export const MOST_CONTEXTS = 100;

const MEMBERS = new Set(['context', 'contexts', 'settings', 'explain', 'at', 'only']);

/**
 * Reads `{"context": {"user": "jim"}, "settings": ["cache_size"], "explain": true}`, of which all but the context, or `contexts`,
 * may be absent. Throws 'invalid' with all that is wrong at once, unknown members included.
 */
export function* parseEvaluationRequest(body: unknown): InSteps<EvaluationRequest> {
  const { members } = yield* parseObject(body);
  const problems = new ProblemList();
  refuseUnknown(members.keys(), MEMBERS, 'body', problems);
  const list = members.get('contexts');
  if (list !== undefined && members.has('context')) {
    const message = 'give context or contexts, not both';
    problems.add(() => ({ field: 'contexts', message, code: 'exclusive' }));
  }
  const request = {
    contexts:
      list === undefined
        ? [{ context: yield* readContext(members.get('context'), ['context'], problems), path: ['context'] as const }]
        : yield* readContexts(list, problems),
    isList: list !== undefined,
    settings: readSettings(members.get('settings'), problems),
    explain: readExplain(members.get('explain'), problems),
    atMs: readTime(members.get('at'), problems),
    onlyNonDefault: readOnly(members.get('only'), problems),
  };
  problems.throwIfAny();
  return request;
}

/** Throws 'invalid' where a context names what is no context feature. */
export function* requireKnownFeatures(contexts: readonly AskedContext[], features: ReadonlySet<string>): InSteps<void> {
  const problems = new ProblemList();
  for (const { context, path } of contexts) {
    yield* forEachInSteps(context.keys(), (name) => {
      if (features.has(name)) return;
      problems.add(() => {
        const have = listed([...features], (feature) => feature, 20) || 'none';
        const message = `the context names ${quoted(name)}, which is no context feature (have: ${have})`;
        return problemIn(path, name, message, UNKNOWN);
      });
    });
  }
  problems.throwIfAny();
}

const UNKNOWN = 'context_feature_not_found';

function problemIn(path: ContextPath, name: string, message: string, code: ProblemCode): FieldError {
  return { field: `${fieldOf(path)}.${name}`, pointer: pointerTo(...path, name), message, code };
}

/** `context`, or `contexts[2]`. */
function fieldOf([member, index]: ContextPath): string {
  return index === undefined ? member : `${member}[${index}]`;
}

function* readContexts(json: Json, problems: ProblemList): InSteps<readonly AskedContext[]> {
  const count = json.kind === 'array' ? json.items.length : 0;
  if (json.kind === 'array' && count >= 1 && count <= MOST_CONTEXTS) {
    const contexts: AskedContext[] = [];
    for (const [index, item] of json.items.entries()) {
      const path = ['contexts', index] as const;
      contexts.push({ context: yield* readContext(item, path, problems), path });
    }
    return contexts;
  }
  const message = `contexts must be a list of 1 to ${MOST_CONTEXTS} contexts; given: ${show(json)}`;
  problems.add(() => ({ field: 'contexts', message, code: count > MOST_CONTEXTS ? 'too_many' : 'malformed' }));
  return [];
}

function* readContext(json: Json | undefined, path: ContextPath, problems: ProblemList): InSteps<Context> {
  const context = new Map<string, string>();
  const field = fieldOf(path);
  if (json?.kind !== 'object') {
    const accepted = 'an object from context features to their values';
    problems.add(() => ({
      field,
      pointer: pointerTo(...path),
      message: `${field} must be ${accepted}; given: ${json === undefined ? 'missing' : show(json)}`,
      code: json === undefined ? 'missing' : 'malformed',
    }));
    return context;
  }
  yield* forEachInSteps(json.members, ([name, value]) => {
    const text = featureValueOf(value);
    if (text !== undefined) {
      context.set(name, text);
      return;
    }
    const accepted = `a text of ${FEATURE_VALUE_RULE}, a number or a boolean`;
    problems.add(() => {
      const message = `the context's value of ${quoted(name)} must be ${accepted}; given: ${show(value)}`;
      return problemIn(path, name, message, 'malformed');
    });
  });
  return context;
}

function readTime(json: Json | undefined, problems: ProblemList): number | undefined {
  if (json === undefined) return undefined;
  try {
    if (json.kind === 'string') return parseInstant(json.value, 'at');
    throw invalid(`at must be an RFC 3339 time in a text; given: ${show(json)}`, 'at');
  } catch (error) {
    problems.addFrom(error, 'at');
    return undefined;
  }
}

function readOnly(json: Json | undefined, problems: ProblemList): boolean {
  if (json === undefined) return false;
  if (json.kind === 'string' && json.value === 'non_default') return true;
  problems.add(() => ({ field: 'only', message: `only must be "non_default", or absent; given: ${show(json)}` }));
  return false;
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
