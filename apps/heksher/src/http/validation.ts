import {
  HeksherError,
  type InSteps,
  invalid,
  type Json,
  type JsonObject,
  jsonText,
  listed,
  parseJsonInSteps,
  ProblemList,
  pointerTo,
} from '@heksher/core';
import { type ArgumentMetadata, Injectable, type PipeTransform, SetMetadata } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type MetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { sliced } from '../in-slices.js';
import { type Given, Unreadable } from './parsed.js';

type Dto = new () => object;

type Source = 'body' | 'query';

const STRICT = Symbol('DTOs that refuse what they do not know');

/** Marks a DTO of a route that is ours alone: members, or parameters, that it does not know are refused by name. */
export const Strict = (): ClassDecorator => SetMetadata(STRICT, true);

/**
 * Makes the DTO that a controller's parameter names: from the raw bytes of a body (JSON whatever its Content-Type says),
 * or from the parameters of a query string. Its members hold what their readers (`Parsed`) made of the given ones.
 * Members that it does not know are ignored, unless it is `Strict`. Every problem is reported at once, as one error `invalid`.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (metatype === undefined || !isDto(metatype) || (type !== 'body' && type !== 'query')) return value;
    const given = type === 'body' ? (await sliced(parseObject(value))).members : parametersOf(value);
    const problems = new ProblemList();
    if (Reflect.getMetadata(STRICT, metatype) === true)
      refuseUnknown(given.keys(), membersOf(metatype), type, problems);
    const dto = plainToInstance(metatype, knownMembers(given, metatype), { exposeDefaultValues: true });
    for (const error of validateSync(dto)) addProblems(error, problems);
    problems.throwIfAny();
    return dto;
  }
}

/** The DTO that the bytes of a body are, for a controller that takes other bodies too. Throws as the pipe does. */
export async function bodyAs<T extends object>(type: new () => T, bytes: unknown): Promise<T> {
  return (await new ValidationPipe().transform(bytes, { type: 'body', metatype: type })) as T;
}

/** Whether the members of this class are described by class-validator; String and Object, for instance, are no DTOs. */
function isDto(type: new (...parameters: never[]) => unknown): type is Dto {
  return membersOf(type as Dto).size > 0;
}

/** class-validator looks through the checks of all classes for those of one, at each validation; they do not change. */
function rememberChecks(storage: MetadataStorage): void {
  type Find = MetadataStorage['getTargetValidationMetadatas'];
  const find: Find = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, ReturnType<Find>>();
  storage.getTargetValidationMetadatas = (type, schema, always, strictGroups, groups) => {
    if (schema || always || strictGroups || groups !== undefined)
      return find(type, schema, always, strictGroups, groups);
    const checks = known.get(type) ?? find(type, schema, always, strictGroups, groups);
    known.set(type, checks);
    return checks;
  };
}

rememberChecks(getMetadataStorage());

const members = new Map<Dto, ReadonlySet<string>>();

function membersOf(type: Dto): ReadonlySet<string> {
  let names = members.get(type);
  if (names === undefined) {
    const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    names = new Set(checks.map((check) => check.propertyName));
    members.set(type, names);
  }
  return names;
}

function knownMembers(given: ReadonlyMap<string, Json>, type: Dto): Readonly<Record<string, Given>> {
  const known: Record<string, Given> = {};
  for (const name of membersOf(type)) {
    const member = given.get(name);
    if (member !== undefined) known[name] = () => member;
  }
  return known;
}

function addProblems({ property, value, constraints = {} }: ValidationError, problems: ProblemList): void {
  if (value instanceof Unreadable) return problems.addFrom(value.error, property);
  for (const message of Object.values(constraints)) {
    problems.add(() => ({ field: property, message, code: 'missing' }));
  }
}

/** Notes each of the names that is not among those which are known. */
export function refuseUnknown(
  names: Iterable<string>,
  known: ReadonlySet<string>,
  source: Source,
  problems: ProblemList,
): void {
  const what = source === 'body' ? 'member of this body' : 'parameter of this operation';
  for (const name of names) {
    if (known.has(name)) continue;
    problems.add(() => {
      const message = `${listed([name])} is no ${what}; accepted: ${listed([...known], (each) => each, 20) || 'none'}`;
      if (source === 'query') return { field: name, message, code: 'unknown_parameter', parameter: name };
      return { field: name, message, code: 'unknown_member', pointer: pointerTo(name) };
    });
  }
}

/** The JSON object that the bytes of a body are, or HeksherError `invalid`; without a body there are no bytes. */
export function* parseObject(body: unknown): InSteps<JsonObject> {
  try {
    return asObject(yield* parseJsonInSteps(decodeUtf8(body)));
  } catch (error) {
    if (!(error instanceof HeksherError) || error.errors[0]?.field !== 'json') throw error;
    throw invalid(`the body is ${error.message}`, 'body', { code: error.errors[0]?.code ?? 'malformed' });
  }
}

function asObject(json: Json): JsonObject {
  if (json.kind === 'object') return json;
  throw invalid(`the body must be a JSON object, not ${json.kind === 'array' ? 'an array' : `a ${json.kind}`}`, 'body');
}

/** The text of the bytes of a body, or HeksherError `invalid`. A byte order mark is skipped. */
export function decodeUtf8(body: unknown): string {
  try {
    return Buffer.isBuffer(body) ? UTF8.decode(body) : '';
  } catch {
    throw invalid('the body is not UTF-8', 'body', { code: 'not_json' });
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Parameters as JSON: texts, or lists of them where one is repeated. */
function parametersOf(query: unknown): ReadonlyMap<string, Json> {
  const given = typeof query === 'object' && query !== null ? query : {};
  return new Map(Object.entries(given).map(([name, value]) => [name, jsonOf(value)]));
}

function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(jsonOf) };
  const text = String(value);
  return { kind: 'string', text: jsonText(JSON.stringify(text)), value: text };
}
