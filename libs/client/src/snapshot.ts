import { invalid, parseNative } from '@heksher/core';
import { isList, requireText } from './json.js';
import { readTextFile } from './runtime.js';
import { type Entry } from './updates/setting-registry.js';

/** Everything a client knows, as plain JSON: what it was served, by the names that its settings declare. */
export type Snapshot = Readonly<{
  format: 1;
  /** RFC 3339. */
  takenAt: string;
  revision: string | null;
  contextFeatures: readonly string[];
  /** The JSON text of each setting as the service sent it. */
  settings: Readonly<Record<string, string>>;
}>;

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
  const snapshot: unknown = isFile ? parseNative(await readTextFile(given)) : given;
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
