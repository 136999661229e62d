import { type LoggerService } from '@nestjs/common';
import { type Logger } from './logger.js';

/**
 * Feeds Nest's own messages into the service's logger, under the name of the Nest class that speaks. What Nest calls a log is
 * debug here: it says how the service is built, not what it does.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...params: unknown[]): void {
    this.#write('debug', message, params);
  }

  debug(message: unknown, ...params: unknown[]): void {
    this.#write('debug', message, params);
  }

  verbose(message: unknown, ...params: unknown[]): void {
    this.#write('debug', message, params);
  }

  warn(message: unknown, ...params: unknown[]): void {
    this.#write('warn', message, params);
  }

  error(message: unknown, ...params: unknown[]): void {
    this.#write('error', message, params);
  }

  fatal(message: unknown, ...params: unknown[]): void {
    this.#write('error', message, params);
  }

  #write(level: 'error' | 'warn' | 'debug', message: unknown, params: readonly unknown[]): void {
    const { context, sentence, fields } = readCall(message, params);
    this.logger.child(context)[level](sentence, fields);
  }
}

type Call = Readonly<{ context: string; sentence: string; fields: Record<string, unknown> }>;

/** Nest calls with `(message, ...details, stack?, context?)`, where any of the last two may be missing or undefined. */
function readCall(message: unknown, params: readonly unknown[]): Call {
  const given = params.filter((param) => param !== undefined);
  const last = given.at(-1);
  const hasContext = typeof last === 'string' && !isStack(last);
  const rest = hasContext ? given.slice(0, -1) : given;
  const stack = rest.find(isStack);
  const details = rest.filter((param) => param !== stack);
  const sentence = message instanceof Error ? message.message : message;
  return {
    context: hasContext ? last : 'Nest',
    sentence: typeof sentence === 'string' ? sentence : 'message from Nest',
    fields: {
      ...(message instanceof Error && { error: message }),
      ...(typeof sentence === 'string' ? {} : { data: message }),
      ...(stack !== undefined && { stack }),
      ...(details.length > 0 && { details }),
    },
  };
}

function isStack(param: unknown): boolean {
  return typeof param === 'string' && /\n\s+at /.test(param);
}
