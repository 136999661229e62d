import { RolloutError } from '../errors.js';
import { type Functionality } from '../functionality.js';

/** A functionality as one line of JSON, the name apart. */
export function formatStored({ enabled, percentage, variants, check, patterns }: Functionality): string {
  const sources = patterns.map(({ source, flags }) => [source, flags]);
  return JSON.stringify({ enabled, percentage, variants, check, patterns: sources });
}

/** Reads what formatStored wrote. Throws 'conflict' for anything else. */
export function parseStored(name: string, text: string): Functionality {
  try {
    const { enabled, percentage, variants, check, patterns } = JSON.parse(text) as Record<string, unknown>;
    if (typeof enabled !== 'boolean' || typeof percentage !== 'number') throw new Error('members are missing');
    if (check !== undefined && typeof check !== 'string') throw new Error('"check" is no text');
    return { name, enabled, percentage, variants: texts(variants), check, patterns: list(patterns).map(pattern) };
  } catch (cause) {
    const message = `what Redis holds for the functionality ${JSON.stringify(name)} is none of ours`;
    throw new RolloutError('conflict', message, { functionality: name, cause });
  }
}

function pattern(pair: unknown): RegExp {
  const [source = '', flags] = texts(pair);
  return new RegExp(source, flags);
}

function texts(value: unknown): readonly string[] {
  return list(value).map((text) => {
    if (typeof text !== 'string') throw new Error('a text is missing');
    return text;
  });
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a list is missing');
  return value;
}
