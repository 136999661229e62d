import { RE2JS, RE2JSSyntaxException } from 're2js';
import { invalid, quoted } from '../errors.js';
import { type InSteps } from '../in-steps.js';
import { type UnitPattern } from '../matcher.js';
import { measurePattern } from './measure-pattern.js';
import { type Fault, placeFault } from './place-fault.js';

/** Maximum length of a pattern, in characters. */
export const MAX_PATTERN_LENGTH = 1000;
/**
 * Maximum size of a pattern, as `measurePattern` counts. The worst take some ten milliseconds to compile and for the first
 * test; later tests, and realistic patterns, take a small fraction of a millisecond.
 */
export const MAX_PATTERN_SIZE = 1000;

/**
 * Compiles a regular expression in RE2's syntax, to be searched for in unit ids in linear time. Throws 'invalid', about
 * `field` where that is given, with what is wrong and where: positions count characters from 1.
 */
export function compilePattern(source: string, field?: string): UnitPattern {
  const problem = problemOf(source);
  if (problem !== undefined) throw invalid(`the pattern ${quoted(source)} ${problem}`, field);
  const result = parse(source);
  if ('fault' in result) {
    throw invalid(`the pattern ${quoted(source)} is no RE2 syntax: ${describe(source, result.fault)}`, field);
  }
  const { compiled } = result;
  return { source, test: (unit) => compiled.test(unit) };
}

/**
 * Compiles a few small patterns, one in each step: the first one loads tables of Unicode and code that is not compiled yet, so
 * that it takes some 20 ms, and a large one 80 where no small ones came before.
 */
export function* warmUpPatterns(): InSteps<void> {
  for (const source of ['a', '(?i)a', '\\pL', '(?i)\\pL', '(?i)\\pL\\pL', '(?i)\\pL\\pL\\pL\\pL']) {
    compilePattern(source).test('unit');
    yield;
  }
}

function problemOf(source: string): string | undefined {
  if (source === '') return 'is empty and would be found in every unit; give at least one character, or no pattern';
  const { length } = [...source];
  if (length > MAX_PATTERN_LENGTH) return `has ${length} characters; at most ${MAX_PATTERN_LENGTH} are accepted`;
  if (/[\0\ud800-\udfff]/u.test(source)) return 'holds U+0000 or a lone surrogate, which no unit does';
  const { size } = measurePattern(source);
  if (size <= MAX_PATTERN_SIZE) return undefined;
  return `is too large: with its repetitions and Unicode classes it counts ${size}, at most ${MAX_PATTERN_SIZE} are accepted`;
}

type Parsed = Readonly<{ compiled: RE2JS }> | Readonly<{ fault: Fault }>;

function parse(source: string): Parsed {
  try {
    return { compiled: RE2JS.compile(source) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return { fault: { what: error.getDescription(), fragment: error.getPattern() ?? '' } };
  }
}

/** Such as `missing argument to repetition operator "*" at position 1`. */
function describe(source: string, fault: Fault): string {
  const at = placeFault(source, fault, (text) => {
    const result = parse(text);
    return 'fault' in result ? result.fault : undefined;
  });
  if (at === undefined) return fault.what;
  const fragment = [...source.slice(at.start, at.end)].slice(0, 20).join('');
  return `${fault.what}, ${JSON.stringify(fragment)} at position ${[...source.slice(0, at.start)].length + 1}`;
}
