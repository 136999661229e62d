import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalid } from '@heksher/core';
import { type Request, type Response } from 'express';
import { type ListMembersQuery } from './rollout-members.dto.js';

/** What all members are written as, one in a line. */
const FORMATS = {
  'text/csv': { contentType: 'text/csv; charset=utf-8; header=absent', lineOf: csvField },
  'application/x-ndjson': {
    contentType: 'application/x-ndjson; charset=utf-8',
    lineOf: (unit: string) => JSON.stringify(unit),
  },
} as const;

type Format = keyof typeof FORMATS;

/** What `Accept` likes best where that is no JSON: bare clients take anything, and get JSON. */
export function exportFormatOf(request: Request): Format | undefined {
  const best = request.accepts(['application/json', ...Object.keys(FORMATS)]);
  return best === 'text/csv' || best === 'application/x-ndjson' ? best : undefined;
}

/** The prefix of an export, which has no pages. */
export function prefixOf({ prefix, cursor, limit }: ListMembersQuery): string {
  if (cursor === undefined && limit === undefined) return prefix;
  const field = cursor === undefined ? 'limit' : 'cursor';
  throw invalid(`${field} is for pages of JSON: an export has all members`, field, { code: 'exclusive' });
}

/** Sends all pages as they come. What fails before the first is an error as any; later the connection is cut, so that nothing looks whole. */
export async function sendExport(
  response: Response,
  format: Format,
  pages: AsyncGenerator<readonly string[]>,
): Promise<void> {
  const { contentType, lineOf } = FORMATS[format];
  const first = await pages.next();
  response.setHeader('Content-Type', contentType);
  async function* texts(): AsyncGenerator<string> {
    for (let page = first; page.done !== true; page = await pages.next()) {
      yield page.value.map((unit) => `${lineOf(unit)}\n`).join('');
    }
  }
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(Readable.from(texts()), response).catch((error: unknown) => {
    // The pipeline has cut the connection, and the error filter could not answer on it any more.
    if (!response.headersSent) throw error;
  });
}

/** By RFC 4180. */
function csvField(unit: string): string {
  return /[",\r\n]/.test(unit) ? `"${unit.replaceAll('"', '""')}"` : unit;
}
