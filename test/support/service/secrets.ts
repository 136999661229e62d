import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import { jsonFormat } from '../../../apps/heksher/src/in-process.js';
import { type Sinks } from '../../../apps/heksher/src/modules/logging/logger.js';

/** Where lines of services are collected, and the secrets that they were given; it is searched when all tests are done. */
const FOLDER = process.env['HEKSHER_TEST_LOGS'];

const SECRET_VARIABLE = /(?:_KEY|_SECRETS?|_PASSWORD|_URL|_CONNECTION_STRING)$/;

/** Shorter ones, such as the password of a database on this machine, stand in lines by chance. */
const SHORTEST = 12;

/** What is made of fewer characters, such as many times the same, is no secret. */
const FEWEST_CHARACTERS = 6;

const name = `${process.pid}-${randomUUID()}`;
const known = new Set<string>();

export function collectLog(printed: string): void {
  if (FOLDER !== undefined) appendFileSync(join(FOLDER, `${name}.log`), printed);
}

/** The same outputs, and all lines, of whatever level, to be searched. */
export function collected(sinks: Sinks): Sinks {
  if (FOLDER === undefined) return sinks;
  const stream = new Writable({
    write: (line: Buffer, _encoding, done) => {
      collectLog(line.toString());
      done();
    },
  });
  sinks.winston.add(new winston.transports.Stream({ stream, eol: '\n', level: 'debug', format: jsonFormat }));
  return sinks;
}

/** What no line may have. */
export function noteSecret(kind: string, text: string): void {
  if (FOLDER === undefined || text.length < SHORTEST || known.has(text)) return;
  if (new Set(text).size < FEWEST_CHARACTERS) return;
  known.add(text);
  const test = expect.getState().testPath?.replace(/^.*\/test\//, 'test/');
  appendFileSync(join(FOLDER, `${name}.secrets`), `${JSON.stringify({ kind, text, test })}\n`);
}

/** Those of an environment; of an address its password. */
export function noteEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [variable, value] of Object.entries(env)) {
    if (!SECRET_VARIABLE.test(variable)) continue;
    if (URL.canParse(value)) noteSecret(`the password of ${variable}`, decodeURIComponent(new URL(value).password));
    else noteSecret(variable, value);
  }
}

/** Those of the headers of a request. */
export function noteHeaders(headers: Iterable<readonly [name: string, value: string]>): void {
  for (const [header, value] of headers)
    if (/^(?:authorization|x-api-key)$/i.test(header)) noteSecret(header, value.replace(/^\w+ +/, ''));
}
