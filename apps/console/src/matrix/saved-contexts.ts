import { useSyncExternalStore } from 'react';
import { type ContextValues, formatContext, parseContext } from '../api/context-text.js';

/** A context under a name of somebody's own. */
export type SavedContext = Readonly<{ name: string; context: ContextValues }>;

/** Between the name of a context and its text. */
const IS = ' = ';

/** A line for each: `jim's admin, dark = account:jim,user:admin`. */
export function formatSaved(saved: readonly SavedContext[]): string {
  return saved.map(({ name, context }) => `${name}${IS}${formatContext(context) ?? ''}`).join('\n');
}

/** Of two with one name the later one holds; `refused` are the lines that say nothing. */
export function parseSaved(text: string): Readonly<{ saved: readonly SavedContext[]; refused: readonly string[] }> {
  const saved = new Map<string, SavedContext>();
  const refused: string[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf(IS);
    const name = line.slice(0, Math.max(at, 0)).trim();
    const context = parseContext(at === -1 ? '' : line.slice(at + IS.length));
    if (name === '' || Object.keys(context).length === 0) refused.push(line);
    else saved.set(name, { name, context });
  }
  return { saved: [...saved.values()], refused };
}

/** A text as the name of a context: on one line, and told from the context behind it. */
export function asName(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ =(?= |$)/g, ':')
    .trim();
}

/** In this browser, as text. */
const KEY = 'heksher.contexts';
let kept = read();
let known = parseSaved(kept).saved;
const listeners = new Set<() => void>();

function read(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

function take(text: string): void {
  if (text === kept) return;
  kept = text;
  known = parseSaved(text).saved;
  listeners.forEach((listener) => listener());
}

/** Keeps these and no others. @returns whether the browser keeps them longer than the page */
export function keepContexts(saved: readonly SavedContext[]): boolean {
  const text = formatSaved(saved);
  take(text);
  try {
    localStorage.setItem(KEY, text);
    return true;
  } catch {
    return false;
  }
}

/** Those of this browser, by name; other tabs may save some too. */
export function useSavedContexts(): readonly SavedContext[] {
  return useSyncExternalStore(
    (listener) => {
      const look = (): void => take(read());
      listeners.add(listener);
      window.addEventListener('storage', look);
      return () => {
        listeners.delete(listener);
        window.removeEventListener('storage', look);
      };
    },
    () => known,
  );
}
