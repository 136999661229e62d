import { styleText } from 'node:util';
import winston from 'winston';
import { isFields } from './log-record.js';
import { escapeUnseen, visibleJson } from './unseen.js';

type Format = ReturnType<typeof winston.format.printf>;
type Info = Parameters<Parameters<typeof winston.format.printf>[0]>[0];

type Colour = 'red' | 'yellow' | 'green' | 'gray' | 'cyan';
type Paint = (colour: Colour, text: string) => string;

const LEVEL_COLOURS: Readonly<Record<string, Colour>> = {
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'gray',
};

/** One JSON object a line, for machines. */
export const jsonFormat: Format = winston.format.printf((info) => visibleJson(info));

/** `12:34:56.789 INFO  setting created setting=x (heksher)`, for people; the stack of an error follows beneath. */
export function prettyFormat(isColoured: boolean): Format {
  const paint: Paint = (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
  return winston.format.printf((info) => formatPretty(info, paint));
}

function formatPretty({ timestamp, level, logger, message, ...fields }: Info, paint: Paint): string {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  const shown = present.map(([name, value]) => `${paint('cyan', escapeUnseen(name))}=${formatField(value)}`);
  const time = paint('gray', String(timestamp).slice(11, 23));
  const label = paint(LEVEL_COLOURS[level] ?? 'gray', level.toUpperCase().padEnd(5));
  const origin = paint('gray', `(${escapeUnseen(String(logger))})`);
  const line = [time, label, escapeUnseen(String(message)), ...shown, origin].join(' ');
  const stacks = present.flatMap(([, value]) => stacksOf(value)).map((stack) => paint('gray', stack));
  return [line, ...stacks].join('\n');
}

/** A word as it is, an error as `name: message`, anything else as JSON. */
function formatField(value: unknown): string {
  const text = isFields(value) && 'stack' in value ? `${String(value.name)}: ${String(value.message)}` : value;
  if (typeof text === 'string' && /^[\w.:/@+-]+$/.test(text)) return text;
  return escapeUnseen(JSON.stringify(text));
}

function stacksOf(value: unknown): readonly string[] {
  if (!isFields(value) || typeof value.stack !== 'string') return [];
  const indented = value.stack.split('\n').map((line) => `    ${escapeUnseen(line)}`);
  return [indented.join('\n'), ...stacksOf(value.cause)];
}
