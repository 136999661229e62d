import { isUtf8 } from 'node:buffer';
import { type Context, HeksherError, invalid, type Json, parseJson, parseStoredJson } from '@heksher/core';

/** What a client tells of its context: the text of each member that has one, by name. */
export type Attributes = ReadonlyMap<string, string>;

const TARGETING_KEY = 'targetingKey';
const LONGEST_TEXT = 255;

/**
 * Reads the body of an evaluation request, `{"context": {"targetingKey": "user-1", …}}`, whose context may be absent or
 * null. Members that hold null, an array, an object, no character or too many are as absent: clients send what they have.
 * Throws 'invalid' about `body` or `context`, also where a key comes twice.
 */
export function readAttributes(body: Uint8Array): Attributes {
  const text = decode(body);
  const given = parse(text);
  if (countColons(text) !== countMembers(given)) throw invalid(`the body is ${faultOf(text)}`, 'body');
  if (!isObject(given)) throw invalid(`the body must be a JSON object, not ${kindOf(given)}`, 'body');
  const context = Object.hasOwn(given, 'context') ? given['context'] : undefined;
  if (context === undefined || context === null) return new Map();
  if (!isObject(context)) throw invalid(`the context must be a JSON object, not ${kindOf(context)}`, 'context');
  const attributes = new Map<string, string>();
  let exact: ReadonlyMap<string, Json> | undefined;
  for (const [name, value] of Object.entries(context)) {
    const attribute = isRounded(value) ? digitsOf((exact ??= exactContext(text)).get(name)) : textOf(value);
    if (attribute !== undefined && isSane(attribute)) attributes.set(name, attribute);
  }
  return attributes;
}

/**
 * The values of context features that attributes tell. The targeting key stands for `targetingFeature`, unless that is told
 * by its own name as well; attributes that are no feature say nothing.
 */
export function contextOf(
  attributes: Attributes,
  features: ReadonlySet<string>,
  targetingFeature: string | undefined,
): Context {
  const context = new Map<string, string>();
  const targetingKey = attributes.get(TARGETING_KEY);
  if (targetingKey !== undefined && targetingFeature !== undefined && features.has(targetingFeature)) {
    context.set(targetingFeature, targetingKey);
  }
  for (const [name, text] of attributes) if (features.has(name)) context.set(name, text);
  return context;
}

/** A byte order mark is skipped. */
function decode(body: Uint8Array): string {
  if (isUtf8(body))
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      .toString()
      .replace(/^\ufeff/, '');
  throw invalid('the body is not UTF-8', 'body');
}

/** Node's parser, which costs a fraction of core's and takes whatever clients send; what it refuses, core has words for. */
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

/** Numbers in their shortest decimal text: 1.0 is "1". */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** Ids of 64 bits come as numbers from languages that have such; JavaScript would make one of many. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** The members of the context with their numbers as they were written. */
function exactContext(body: string): ReadonlyMap<string, Json> {
  const root = parseStoredJson(body);
  const context = root?.kind === 'object' ? root.members.get('context') : undefined;
  return context?.kind === 'object' ? context.members : new Map();
}

/** A whole number in the digits it was written with. */
function digitsOf(member: Json | undefined): string | undefined {
  if (member?.kind !== 'number') return undefined;
  return /^-?[0-9]+$/.test(member.text) ? member.text : String(member.value);
}

/** No value of a feature is empty or longer, and what is bounded is cheap to match a pattern against. */
function isSane(text: string): boolean {
  if (text === '') return false;
  return text.length <= LONGEST_TEXT || (text.length <= 2 * LONGEST_TEXT && [...text].length <= LONGEST_TEXT);
}
