import { type Functionality } from '../functionality.js';
import { formatStored } from './stored.js';

/** A functionality with the text that Redis held for it. */
export type Stored = Readonly<{ stored: string; functionality: Functionality }>;

/** Gives the functionality as it should be; the very same one where nothing needs to be done. */
export type Edit = (before: Functionality | undefined) => Functionality;

/**
 * Reads, edits, and writes if what is stored is still what was read ('' for nothing); else another process has come
 * between, whose change the next round builds on. So neither change is lost.
 */
export async function replace(
  read: () => Promise<Stored | undefined>,
  edit: Edit,
  writeIf: (before: string, after: string) => Promise<boolean>,
): Promise<void> {
  for (;;) {
    const before = await read();
    const after = edit(before?.functionality);
    if (after === before?.functionality) return;
    if (await writeIf(before?.stored ?? '', formatStored(after))) return;
  }
}
