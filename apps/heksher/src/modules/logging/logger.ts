import { type Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import winston from 'winston';
import { jsonFormat, prettyFormat } from './formats.js';
import { LOG_LEVELS, type LogLevel } from './levels.js';
import { holdLines } from './held-lines.js';
import { logRecord } from './log-record.js';
import { type LogstashOptions, LogstashTransport } from './logstash-transport.js';

export { type LogLevel } from './levels.js';
export { type LogstashOptions } from './logstash-transport.js';

export type LoggerOptions = Readonly<{
  level: LogLevel;
  format: 'json' | 'pretty';
  version: string;
  logstash?: LogstashOptions;
}>;

/** Where lines go; shared by a logger and its children. */
export type Sinks = Readonly<{ winston: winston.Logger; logstash: LogstashTransport | undefined; isStdout?: boolean }>;

/**
 * The service's one logger. `log.info('setting created', { setting: 'x' })`: the message is a constant sentence, the rest are
 * fields. Never throws, whatever the fields are; a field named like a part of the line (`level`) is printed as `level_`.
 */
export class Logger {
  constructor(
    private readonly options: LoggerOptions,
    private readonly name = 'heksher',
    private readonly sinks: Sinks = openSinks(options),
  ) {}

  error(message: string, fields?: Record<string, unknown>): void {
    this.#log('error', message, fields);
  }

  warn(message: string, fields?: Record<string, unknown>): void {
    this.#log('warn', message, fields);
  }

  info(message: string, fields?: Record<string, unknown>): void {
    this.#log('info', message, fields);
  }

  debug(message: string, fields?: Record<string, unknown>): void {
    this.#log('debug', message, fields);
  }

  /** The same outputs under another name. */
  child(loggerName: string): Logger {
    return new Logger(this.options, loggerName, this.sinks);
  }

  /** Whether some output takes this level: worth asking before costly fields are made. */
  isEnabled(level: LogLevel): boolean {
    return this.sinks.winston.isLevelEnabled(level);
  }

  /** Flushes Logstash, for two seconds at most, also for the logger's children. Later lines go to stdout only. */
  async close(): Promise<void> {
    await this.sinks.logstash?.shutdown();
  }

  #log(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
    if (!this.isEnabled(level)) return;
    if (this.sinks.isStdout) holdLines();
    this.sinks.winston.log(logRecord(level, this.name, message, fields));
  }
}

/** `output` outlives the logger and may fail at any time: a reader of stdout that has gone away stops no service. */
export function openSinks(options: LoggerOptions, output: Writable = process.stdout): Sinks {
  if (!output.listeners('error').includes(ignoreError)) output.on('error', ignoreError);
  const stdout = new winston.transports.Stream({
    stream: output,
    eol: '\n',
    level: options.level,
    format: options.format === 'json' ? jsonFormat : prettyFormat(takesColours(output)),
  });
  const logstash = options.logstash && openLogstash(options, options.logstash, output);
  const logger = winston.createLogger({
    levels: Object.fromEntries(LOG_LEVELS.map((level, rank) => [level, rank])),
    level: options.level,
    format: winston.format((info) => info)(),
    transports: logstash ? [stdout, logstash] : [stdout],
  });
  return { winston: logger, logstash, isStdout: output === process.stdout };
}

function openLogstash(options: LoggerOptions, logstash: LogstashOptions, output: Writable): LogstashTransport {
  const local = { ...options, logstash: undefined };
  const log = new Logger(local, 'heksher.logstash', openSinks(local, output));
  return new LogstashTransport({ ...logstash, version: options.version, log });
}

/** Asks the terminal, which knows of NO_COLOR and the like; a pipe or a file takes none. */
function takesColours(output: Writable): boolean {
  return output instanceof WriteStream && output.hasColors();
}

function ignoreError(): void {}
