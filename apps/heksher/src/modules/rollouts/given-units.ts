import {
  featureValueOf,
  FEATURE_VALUE_RULE,
  HeksherError,
  type InSteps,
  invalid,
  isFeatureValue,
  parseJson,
  ProblemList,
  quoted,
} from '@heksher/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { hasLines } from '../../http/body-reading.js';
import { show } from '../../http/readers.js';
import { sliced } from '../../in-slices.js';
import { type Units } from './rollout-members.service.js';

/** A body: the bytes of JSON, or the units that lines are. */
export type GivenBody = Readonly<{ bytes: unknown }> | Readonly<{ units: Units }>;

/**
 * A parameter of a controller's method: the body, of which the lines were all checked where it is `text/csv` or
 * `application/x-ndjson`. They are read a second time as they are written, since their bytes take far less memory than texts.
 */
export const Lines = createParamDecorator(async (_data: unknown, context: ExecutionContext): Promise<GivenBody> => {
  const request = context.switchToHttp().getRequest<Request>();
  const body: unknown = request.body;
  if (!hasLines(request)) return { bytes: body };
  const [mediaType = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(/\s*;\s*/);
  const lines: Lines = {
    pieces: Array.isArray(body) ? (body as readonly Buffer[]) : [],
    read: mediaType.trim() === 'text/csv' ? readCsv : readJson,
    // There is a header where the media type says so (RFC 4180, 3).
    hasHeader: parameters.includes('header=present'),
  };
  await sliced(checked(lines));
  return { units: { [Symbol.iterator]: () => unitsOf(lines, new ProblemList()) } };
});

type Lines = Readonly<{ pieces: readonly Buffer[]; read: ReadLine; hasHeader: boolean }>;

/** The unit that a line is; throws `invalid` with what is wrong with it. */
type ReadLine = (line: string) => string;

/** All that are wrong are reported, with their numbers. */
function* checked(lines: Lines): InSteps<void> {
  const problems = new ProblemList();
  const batches = unitsOf(lines, problems);
  while (batches.next().done !== true) yield;
  problems.throwIfAny();
}

/** A few milliseconds. */
const LINES_OF_BATCH = 2_000;

/** The units in batches. Lines without anything in them are skipped. */
function* unitsOf({ pieces, read, hasHeader }: Lines, problems: ProblemList): Generator<readonly string[], void> {
  let number = 0;
  for (const lines of linesOf(pieces)) {
    const units: string[] = [];
    for (const line of lines) {
      number += 1;
      const text = line.trim();
      if (text === '' || (number === 1 && hasHeader)) continue;
      try {
        units.push(read(text));
      } catch (error) {
        if (!(error instanceof HeksherError)) throw error;
        const place = { line: number };
        problems.add(() => ({ field: 'body', message: `line ${place.line}: ${error.message}`, details: place }));
      }
    }
    yield units;
  }
}

/** Longer than any unit is written, with an escape for each half of a character. */
const LONGEST_LINE = 4_096;

/** Lines in batches. One that is far too long ends them: it is none, and neither are those after it looked at. */
function* linesOf(pieces: readonly Buffer[]): Generator<readonly string[], void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for (const piece of [...pieces, undefined]) {
    const text = rest + decoded(decoder, piece);
    // The other half of a line end may come with the next piece.
    const end = piece !== undefined && text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    rest = piece === undefined ? '' : (lines.pop() ?? '') + text.slice(end);
    for (let from = 0; from < lines.length; from += LINES_OF_BATCH) yield lines.slice(from, from + LINES_OF_BATCH);
    if (rest.length <= LONGEST_LINE) continue;
    yield [rest];
    return;
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece: Buffer | undefined): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw invalid('the body is not UTF-8', 'body', { code: 'not_json' });
  }
}

const A_UNIT = `a unit, which is a value of a context feature: ${FEATURE_VALUE_RULE}`;

/** One column; there may be quotes around it, and none can be within it. */
function readCsv(line: string): string {
  const unit = /^"(.*)"$/.exec(line)?.[1] ?? line;
  if (isFeatureValue(unit)) return unit;
  throw invalid(`it must be one column with ${A_UNIT}; given: ${quoted(line)}`);
}

function readJson(line: string): string {
  const given = parseJson(line);
  const unit = featureValueOf(given);
  if (unit !== undefined) return unit;
  throw invalid(`it must be ${A_UNIT}; given: ${show(given)}`);
}
