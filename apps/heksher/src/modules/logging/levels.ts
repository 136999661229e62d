/** How urgent a line is, most urgent first: a person must act, it healed itself, the state changed, the rest. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const NAMES: ReadonlyMap<string, LogLevel> = new Map([
  ['notset', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['critical', 'error'],
  ['fatal', 'error'],
]);

/**
 * A level by its name in any case (`info`, `WARNING`, `critical`) or by its Python number (`20`); undefined when it is
 * neither. A number between two of Python's means the higher one, as there: 25 leaves lines of level info (20) out.
 */
export function parseLogLevel(text: string): LogLevel | undefined {
  const word = text.trim().toLowerCase();
  return /^[0-9]+$/.test(word) ? levelOfPythonNumber(Number(word)) : NAMES.get(word);
}

function levelOfPythonNumber(number: number): LogLevel {
  if (number > 30) return 'error';
  if (number > 20) return 'warn';
  return number > 10 ? 'info' : 'debug';
}
