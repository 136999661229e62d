import {
  featureValueOf,
  hasUnstorableText,
  HeksherError,
  isContextFeatureName,
  isMetadataKey,
  type Json,
  parseJson,
  parseSettingType,
  parseVersion,
  type SettingType,
  type Version,
} from '@heksher/core';
import { type Operation, Refusal, refuseWhere } from './model.js';

/** A request's parts, read as the conventions of the contract say; whatever is malformed is refused with 422. */
export class Given {
  constructor(private readonly operation: Operation) {}

  private get members(): ReadonlyMap<string, Json> {
    return membersOf(this.operation.body);
  }

  param(position: number): string {
    return this.operation.params?.[position] ?? '';
  }

  query(name: string, fallback: string): string {
    return this.operation.query?.[name] ?? fallback;
  }

  has(name: string): boolean {
    return this.members.has(name);
  }

  json(name: string): Json {
    const member = this.members.get(name);
    if (member === undefined) throw malformed();
    return member;
  }

  text(name: string, isValid: (text: string) => boolean = () => true): string {
    const member = this.json(name);
    if (member.kind !== 'string' || !isValid(member.value)) throw malformed();
    return member.value;
  }

  version(): Version {
    const given = this.json('version');
    return orMalformed(() => parseVersion(given.kind === 'number' ? given.text : this.text('version')));
  }

  type(): SettingType {
    return orMalformed(() => parseSettingType(this.text('type')));
  }

  featureList(): string[] {
    const member = this.json('configurable_features');
    if (member.kind !== 'array') throw malformed();
    const names = member.items.map((item) => (item.kind === 'string' ? item.value : ''));
    refuseWhere([names.length === 0 || !names.every(isContextFeatureName) || new Set(names).size < names.length, 422]);
    return names;
  }

  /** Metadata that is left out is empty, as in today's service. */
  metadata(): Map<string, Json> {
    if (!this.has('metadata')) return new Map();
    const member = this.json('metadata');
    if (member.kind !== 'object') throw malformed();
    refuseWhere([![...member.members.keys()].every(isMetadataKey) || hasUnstorableText(member), 422]);
    return new Map(member.members);
  }

  metadataKey(): string {
    const key = this.param(1);
    if (!isMetadataKey(key)) throw malformed();
    return key;
  }

  metadataValue(): Json {
    const value = this.json('value');
    if (hasUnstorableText(value)) throw malformed();
    return value;
  }

  conditions(): Map<string, string> {
    const member = this.json('feature_values');
    if (member.kind !== 'object' || member.members.size === 0) throw malformed();
    return new Map(
      [...member.members].map(([feature, value]) => {
        const text = featureValueOf(value);
        if (!isContextFeatureName(feature) || text === undefined) throw malformed();
        return [feature, text];
      }),
    );
  }

  boolean(name: string): boolean {
    const text = this.query(name, 'false').toLowerCase();
    if (['true', '1', 'yes', 'on', 't', 'y'].includes(text)) return true;
    if (['false', '0', 'no', 'off', 'f', 'n'].includes(text)) return false;
    throw malformed();
  }
}

export function malformed(): Refusal {
  return new Refusal({ statuses: [422] });
}

function membersOf(body: Operation['body']): ReadonlyMap<string, Json> {
  if (body === undefined) return new Map();
  if (typeof body === 'string') throw malformed();
  return new Map(Object.entries(body).map(([name, text]) => [name, orMalformed(() => parseJson(text))]));
}

function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HeksherError) throw malformed();
    throw error;
  }
}

/** Whether reading that much of a request finds it malformed. */
export function refuses(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}
