import { HeksherError, invalid, type Json, type JsonObject, parseJson } from '@heksher/core';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';

type Dto = new () => object;

const JSON_MEMBERS = Symbol('members kept as JSON');

/** Marks a member of a body that arrives as the exact `Json` the client wrote, instead of a JavaScript value. */
export function KeepJson(): PropertyDecorator {
  return (target, key) => {
    const known = jsonMembers(target);
    Reflect.defineMetadata(JSON_MEMBERS, new Set([...known, String(key)]), target);
  };
}

function jsonMembers(target: object): ReadonlySet<string> {
  const found: unknown = Reflect.getMetadata(JSON_MEMBERS, target);
  return found instanceof Set ? (found as ReadonlySet<string>) : new Set();
}

/**
 * Makes the DTO that a controller's parameter names, and checks it with class-validator: from the raw bytes of a
 * body (JSON whatever its Content-Type says), or from the parameters of a query string. Members that the DTO does
 * not name are ignored. Every problem is told at once, in one error `invalid`.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (metatype === undefined || !isDto(metatype) || (type !== 'body' && type !== 'query')) return value;
    const dto = type === 'body' ? dtoOfBody(value, metatype) : dtoOfQuery(value, metatype);
    const errors = await validate(dto);
    if (errors.length > 0) throw invalidMembers(errors);
    return dto;
  }
}

/** Whether the members of this class are described by class-validator; String and Object, for instance, are no DTOs. */
function isDto(type: new (...parameters: never[]) => unknown): type is Dto {
  return membersOf(type as Dto).size > 0;
}

function membersOf(type: Dto): ReadonlySet<string> {
  const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(checks.map((check) => check.propertyName));
}

/** The JSON object that the bytes of a body are, or HeksherError `invalid`; without a body there are no bytes. */
export function parseObject(body: unknown): JsonObject {
  const json = parseBody(Buffer.isBuffer(body) ? decodeUtf8(body) : '');
  if (json.kind === 'object') return json;
  throw invalid(`the body must be a JSON object, not ${json.kind === 'array' ? 'an array' : `a ${json.kind}`}`, 'body');
}

function dtoOfBody(body: unknown, type: Dto): object {
  const json = parseObject(body);
  const kept = jsonMembers(type.prototype as object);
  const given: Record<string, unknown> = {};
  for (const name of new Set([...membersOf(type), ...kept])) {
    const member = json.members.get(name);
    if (member !== undefined) given[name] = kept.has(name) ? member : toPlain(member);
  }
  // Not class-transformer's work: that calls what it finds as the `constructor` of a nested object.
  return Object.assign(new type(), given);
}

function parseBody(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof HeksherError) throw invalid(`the body is ${error.message}`, 'body');
    throw error;
  }
}

/** A byte order mark is skipped. */
function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('the body is not UTF-8', 'body');
  }
}

/** Objects become entries' own members, also one named `__proto__`; depth is bounded by the parser. */
function toPlain(json: Json): unknown {
  switch (json.kind) {
    case 'array':
      return json.items.map(toPlain);
    case 'object':
      return Object.fromEntries([...json.members].map(([key, member]) => [key, toPlain(member)]));
    default:
      return json.value;
  }
}

/** Parameters are texts, or lists of them where one is repeated; a DTO may turn them into other values by Transform. */
function dtoOfQuery(query: unknown, type: Dto): object {
  const given = typeof query === 'object' && query !== null ? query : {};
  const members = membersOf(type);
  const known = Object.entries(given).filter(([name]) => members.has(name));
  return plainToInstance(type, Object.fromEntries(known), { exposeDefaultValues: true });
}

function invalidMembers(errors: readonly ValidationError[]): HeksherError {
  const problems = errors.flatMap((error) =>
    Object.values(error.constraints ?? {}).map((message) => ({ field: error.property, message })),
  );
  return new HeksherError('invalid', problems.map(({ message }) => message).join('; '), { errors: problems });
}
