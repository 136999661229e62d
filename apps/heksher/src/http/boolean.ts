import { invalid, quoted } from '@heksher/core';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);

/** A boolean as query strings spell it, Python's `True` included: true/false, 1/0, yes/no or on/off, in any case. */
export function parseBoolean(text: string): boolean {
  const value = BOOLEANS.get(text.toLowerCase());
  if (value !== undefined) return value;
  throw invalid(`${quoted(text)} is no boolean; give true/false, 1/0, yes/no or on/off`);
}
