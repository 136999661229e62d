import { type Context } from '@heksher/core';
import { type Held } from '../../access/principal.js';

/** Whose context, and which features there are. */
type Holding = Readonly<{ held: Held | undefined; features: ReadonlySet<string> }>;

/** Where a value of a context is from; `not_proven`: it was asked with, and is not taken, since that feature is taken from proof alone. */
export type Source = 'request' | 'pinned' | 'claim' | 'not_proven';

/**
 * The context with what is known of whoever asks in place of what they say: the very same one where that is nothing else. A feature that does
 * not exist says nothing.
 */
export function heldContext(asked: Context, { held, features }: Holding): Context {
  if (held === undefined) return asked;
  const { pinned, claimed, provenOnly } = held;
  if (claimed.size === 0 && provenOnly.size === 0 && isSaid(asked, pinned)) return asked;
  const context = new Map(asked);
  for (const name of provenOnly) context.delete(name);
  for (const known of [claimed, pinned])
    for (const [name, value] of known) if (features.has(name)) context.set(name, value);
  return context;
}

/** Whether a context says already what is known. */
function isSaid(asked: Context, known: Context): boolean {
  for (const [name, value] of known) if (asked.get(name) !== value) return false;
  return true;
}

/** Where the values of that context are from, by feature, in the order of the features. */
export function sourcesOf(asked: Context, { held, features }: Holding): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>();
  for (const name of features) {
    const source = sourceOf(name, asked, held);
    if (source !== undefined) sources.set(name, source);
  }
  return sources;
}

function sourceOf(name: string, asked: Context, held: Held | undefined): Source | undefined {
  if (held?.pinned.has(name) === true) return 'pinned';
  if (held?.claimed.has(name) === true) return 'claim';
  if (!asked.has(name)) return undefined;
  return held?.provenOnly.has(name) === true ? 'not_proven' : 'request';
}
