import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HeksherError } from '@heksher/core';
import { packagePath } from '../package-files.js';

/**
 * A script or style of a page: a text of ours, a file of the package `swagger-ui-dist`, or one that `npm run build`
 * puts beside the compiled service (scripts/copy-redoc.mjs).
 */
export type Asset = Readonly<{ name: string }> &
  (Readonly<{ text: string }> | Readonly<{ from: 'swagger-ui-dist' | 'build' }>);

/** What goes out; `version` changes with the content. */
export type Sendable = Readonly<{ body: Buffer; version: string; contentType: string }>;

export function sendable(contentType: string, content: string | Buffer): Sendable {
  const body = Buffer.from(content);
  return { body, contentType, version: createHash('sha256').update(body).digest('hex').slice(0, 16) };
}

const TYPES: Readonly<Record<string, string>> = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript' };

/** @throws HeksherError `unavailable` where the file is not there */
export async function loadAsset(asset: Asset): Promise<Sendable> {
  const contentType = TYPES[asset.name.slice(asset.name.lastIndexOf('.'))] ?? 'application/octet-stream';
  return sendable(contentType, 'text' in asset ? asset.text : await read(join(folderOf(asset.from), asset.name)));
}

/** The build's folder is the same one for the compiled service and for its sources in a test. */
function folderOf(source: 'swagger-ui-dist' | 'build'): string {
  if (source === 'build') return packagePath('dist/assets/');
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new HeksherError('unavailable', 'this page lacks one of its files; "npm run build" puts it there', {
      cause: error,
    });
  }
}
