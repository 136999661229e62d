import { setImmediate } from 'node:timers/promises';
import {
  featureValueOf,
  FEATURE_VALUE_RULE,
  HeksherError,
  invalid,
  isFeatureValue,
  parseJson,
  ProblemList,
  quoted,
} from '@heksher/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { show } from '../../http/readers.js';
import { decodeUtf8 } from '../../http/validation.js';

/** The bytes of a body, and the units that it consists of where it is one of lines. */
export type GivenBody = Readonly<{ bytes: unknown; units: readonly string[] | undefined }>;

/** A parameter of a controller's method: the body, read already where it is `text/csv` or `application/x-ndjson`. */
export const Lines = createParamDecorator(async (_data: unknown, context: ExecutionContext): Promise<GivenBody> => {
  const request = context.switchToHttp().getRequest<Request>();
  const { headers } = request;
  const body: unknown = request.body;
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(/\s*;\s*/);
  const read = READERS.get(mediaType.trim());
  if (read === undefined) return { bytes: body, units: undefined };
  const lines = decodeUtf8(body).split(/\r\n|\n|\r/);
  // There is a header where the media type says so (RFC 4180, 3).
  const first = parameters.includes('header=present') ? 1 : 0;
  return { bytes: body, units: await readLines(lines, first, read) };
});

/** The unit that a line is; throws `invalid` with what is wrong with it. */
type ReadLine = (line: string) => string;

const READERS: ReadonlyMap<string, ReadLine> = new Map([
  ['text/csv', readCsv],
  ['application/x-ndjson', readJson],
]);

/** Some milliseconds. */
const LINES_OF_TURN = 5_000;

/** Lines without anything in them are skipped. All that are wrong are reported, with their numbers. */
async function readLines(lines: readonly string[], first: number, read: ReadLine): Promise<readonly string[]> {
  const problems = new ProblemList();
  const units: string[] = [];
  for (let index = first; index < lines.length; index += 1) {
    if (index % LINES_OF_TURN === LINES_OF_TURN - 1) await setImmediate();
    const line = lines[index]?.trim() ?? '';
    if (line === '') continue;
    try {
      units.push(read(line));
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
      const message = `line ${index + 1}: ${error.message}`;
      problems.add(() => ({ field: 'body', message, details: { line: index + 1 } }));
    }
  }
  problems.throwIfAny();
  return units;
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
