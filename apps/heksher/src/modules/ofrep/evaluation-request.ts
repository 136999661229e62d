import { isUtf8 } from 'node:buffer';
import {
  type Context,
  contextValueOf,
  forEachInSteps,
  HeksherError,
  type InSteps,
  invalid,
  type Json,
  parseForeignJsonInSteps,
  parseJson,
  parseStoredJson,
  readFlagContext,
  TARGETING_KEY,
} from '@heksher/core';

/**
 * Reads the body of an evaluation request, `{"context": {"targetingKey": "user-1", …}}`, whose context may be absent or
 * null, as `readFlagContext` understands it. Throws 'invalid' about `body` or `context`, also where a key comes twice.
 */
export function* readFlagRequest(body: Uint8Array, targetingFeature: string | undefined): InSteps<Context> {
  const text = decode(body);
  return text.length <= SHORT && !text.includes('\\')
    ? readShort(text, targetingFeature)
    : yield* readLong(text, targetingFeature);
}

/** Texts up to this length are read by JSON.parse, but not those with escapes, of which V8 may make other keys (see core's parseNative). */
const SHORT = 16_384;

function readShort(text: string, targetingFeature: string | undefined): Context {
  const given = parse(text);
  if (countColons(text) !== countMembers(given)) throw invalid(`the body is ${faultOf(text)}`, 'body');
  if (!isObject(given)) throw invalid(`the body must be a JSON object, not ${kindOf(given)}`, 'body');
  const context = Object.hasOwn(given, 'context') ? given['context'] : undefined;
  if (context === undefined || context === null) return new Map();
  if (!isObject(context)) throw invalid(`the context must be a JSON object, not ${kindOf(context)}`, 'context');
  let exact: ReadonlyMap<string, Json> | undefined;
  const digitsOf = (name: string): string | undefined => {
    const member = (exact ??= exactContext(text)).get(name);
    return member && contextValueOf(member);
  };
  return readFlagContext(context, targetingFeature, digitsOf);
}

/** Core's parser can be stopped between two values. */
function* readLong(text: string, targetingFeature: string | undefined): InSteps<Context> {
  const root = yield* parseInSteps(text);
  if (root.kind !== 'object') throw invalid(`the body must be a JSON object, not ${nameOf(root)}`, 'body');
  const given = root.members.get('context');
  if (given === undefined || given.kind === 'null') return new Map();
  if (given.kind !== 'object') throw invalid(`the context must be a JSON object, not ${nameOf(given)}`, 'context');
  const digitsOf = (name: string): string | undefined => {
    const member = given.members.get(name);
    return member && contextValueOf(member);
  };
  const key = given.members.get(TARGETING_KEY);
  const context = new Map(readFlagContext(key ? { [TARGETING_KEY]: nativeOf(key) } : {}, targetingFeature, digitsOf));
  yield* forEachInSteps(given.members, ([name, member]) => {
    for (const [, value] of readFlagContext({ [name]: nativeOf(member) }, undefined, digitsOf))
      context.set(name, value);
  });
  return context;
}

function* parseInSteps(text: string): InSteps<Json> {
  try {
    return yield* parseForeignJsonInSteps(text);
  } catch (error) {
    throw error instanceof HeksherError ? invalid(`the body is ${error.message}`, 'body') : error;
  }
}

/** Of what is no value of a feature: undefined. */
function nativeOf(json: Json): unknown {
  return 'value' in json ? json.value : undefined;
}

function nameOf({ kind }: Json): string {
  if (kind === 'null') return kind;
  return kind === 'array' ? 'an array' : `a ${kind}`;
}

/** What of a context is about features; the rest says nothing. */
export function knownFeatures(context: Context, features: ReadonlySet<string>): Context {
  const known = new Map<string, string>();
  for (const [name, text] of context) if (features.has(name)) known.set(name, text);
  return known;
}

/** A byte order mark is skipped. */
function decode(body: Uint8Array): string {
  if (isUtf8(body))
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      .toString()
      .replace(/^\ufeff/, '');
  throw invalid('the body is not UTF-8', 'body');
}

/** By JSON.parse, in 0.4 of the time of core's parser (a context of 7 members, Node 20), which only words the errors: see
 * docs/decisions/openfeature-contexts.md. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`the body is ${faultOf(text)}`, 'body');
  }
}

/** The colons of a JSON text outside of strings: as many as it has keys, those that come twice among them. */
function countColons(text: string): number {
  let count = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (code === COLON && !isInString) count += 1;
    else if (code === BACKSLASH) at += 1;
  }
  return count;
}

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

/** The members of all objects in a parsed value, of keys that come twice the last ones only. Of any depth. */
function countMembers(root: unknown): number {
  const open = [root];
  let count = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const parts: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += parts.length;
    for (const part of parts) if (typeof part === 'object') open.push(part);
  }
  return count;
}

function faultOf(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof HeksherError) return error.message;
  }
  return 'not JSON';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** The members of the context with their numbers as they were written. */
function exactContext(body: string): ReadonlyMap<string, Json> {
  const root = parseStoredJson(body);
  const context = root?.kind === 'object' ? root.members.get('context') : undefined;
  return context?.kind === 'object' ? context.members : new Map();
}
