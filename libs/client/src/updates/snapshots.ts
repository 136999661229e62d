import { invalid } from '@heksher/core';
import { requireText } from '../resolution/answer.js';
import { type Snapshot } from '../snapshot.js';
import { type Entry } from './entry.js';
import { isList } from '../values/value-reader.js';

/** What `bootstrap` takes, of what was served. */
export function makeSnapshot(
  entries: Iterable<Entry>,
  contextFeatures: readonly string[],
  revision: string | null,
): Snapshot {
  const settings: [name: string, text: string][] = [];
  for (const { setting, served } of entries) if (served !== undefined) settings.push([setting.name, served.text]);
  return {
    format: 1,
    takenAt: new Date().toISOString(),
    revision,
    contextFeatures,
    settings: Object.fromEntries(settings),
  };
}

/** What is restored of a snapshot. */
export type ReadSnapshot = Readonly<{
  contextFeatures: readonly string[];
  settings: ReadonlyMap<string, string>;
  revision: string | null;
}>;

/** Reads what was given as `bootstrap`: a path or URL of a file names its JSON. Rejects where it is not a snapshot. */
export async function readSnapshot(given: Snapshot | string | URL): Promise<ReadSnapshot> {
  const isFile = typeof given === 'string' || given instanceof URL;
  const snapshot: unknown = isFile ? JSON.parse(await readFile(given)) : given;
  if (typeof snapshot !== 'object' || snapshot === null) throw invalid('the bootstrap is no object', 'bootstrap');
  const { format, contextFeatures, settings, revision } = snapshot as Partial<Record<keyof Snapshot, unknown>>;
  if (format !== 1 || !isList(contextFeatures) || typeof settings !== 'object' || settings === null) {
    throw invalid(
      'the bootstrap is not what client.snapshot() gives: {format: 1, contextFeatures, settings}',
      'bootstrap',
    );
  }
  return {
    contextFeatures: contextFeatures.map(requireText),
    settings: new Map(Object.entries(settings).map(([name, text]) => [name, requireText(text)])),
    revision: typeof revision === 'string' ? revision : null,
  };
}

type FileSystem = Readonly<{ readFile(path: string | URL, encoding: 'utf8'): Promise<string> }>;
type Runtime = Readonly<{
  process?: Readonly<{ getBuiltinModule?: (name: string) => FileSystem | undefined }>;
}>;

/** The file system is asked of the runtime, not imported: so the same module loads in browsers. */
function readFile(path: string | URL): Promise<string> {
  const runtime: Runtime = globalThis;
  const files = runtime.process?.getBuiltinModule?.('node:fs/promises');
  if (files === undefined) throw invalid('this runtime reads no files; give the snapshot itself', 'bootstrap');
  return files.readFile(path, 'utf8');
}
