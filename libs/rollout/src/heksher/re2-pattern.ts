import { RolloutError } from '../errors.js';

/** Escapes that RE2 reads otherwise than JavaScript without the flag `u`, where `\A` is the letter A; and `[[:alpha:]]`. */
const READ_OTHERWISE = /^(?:[^\\]|\\.)*?(\\(?![bBcdDfknrsStuvwWx])[a-zA-Z]|\[:)/s;

/**
 * A pattern in the syntax of RE2, by which the service searches, flags before it. What RE2 lacks, such as lookahead, is
 * left for the service to refuse; what it would take for something else is refused here.
 */
export function re2Source({ source, flags }: RegExp): string {
  const otherwise = flags.includes('u') ? undefined : READ_OTHERWISE.exec(source)?.[1];
  const unknown = flags.includes('v') ? 'the flag "v"' : otherwise;
  if (unknown !== undefined) {
    const message = `the pattern /${source}/${flags} has ${unknown}, which means something else to the service, or nothing`;
    throw new RolloutError('invalid', message);
  }
  const shared = flags.replace(/[^ims]/g, '');
  const searched = flags.includes('y') ? `\\A(?:${source})` : source;
  return shared === '' ? searched : `(?${shared})${searched}`;
}

/** One pattern that is found where any of them is. */
export function anyOf(sources: readonly string[]): string {
  const [first = '', ...others] = sources;
  return others.length === 0 ? first : sources.map((source) => `(?:${source})`).join('|');
}

/** A pattern of the service in JavaScript; undefined where it cannot be said there. */
export function fromRe2(source: string): RegExp | undefined {
  const [, flags = '', searched = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(source) ?? [];
  const anchored = /^\\A\(\?:(.*)\)$/s.exec(searched)?.[1];
  try {
    return anchored === undefined ? new RegExp(searched, flags) : new RegExp(anchored, `${flags}y`);
  } catch {
    return undefined;
  }
}
