import { hostname } from 'node:os';
import Transport from 'winston-transport';
import { type LogLevel } from './levels.js';
import { logRecord, type LogRecord, yieldNames } from './log-record.js';
import { LOGSTASH_FIELDS } from './tags.js';
import { DEFAULT_TUNING, type SenderEvent, type SenderTuning, TcpLineSender } from './tcp-line-sender.js';
import { visibleJson } from './unseen.js';

export type LogstashOptions = Readonly<{
  host: string;
  port: number;
  level: LogLevel;
  /** Fields of every record. */
  tags: Readonly<Record<string, string>>;
}>;

/** Logs the transport's own problems; must not write to the transport. */
export type LocalLog = Readonly<Record<'info' | 'warn', (message: string, fields: Record<string, unknown>) => void>>;

export type LogstashTransportOptions = LogstashOptions &
  Readonly<{ version: string; log: LocalLog; warnEveryMs?: number; tuning?: Partial<SenderTuning> }>;

const HOST = hostname();
const FLUSH_BOUND_MS = 2_000;
const PYTHON_LEVELS: Readonly<Record<LogLevel, string>> = {
  error: 'ERROR',
  warn: 'WARNING',
  info: 'INFO',
  debug: 'DEBUG',
};

/** Sends every record to Logstash's `json_lines` codec over TCP, under the names that python-logstash gives them. */
export class LogstashTransport extends Transport {
  readonly #sender: TcpLineSender;
  readonly #tags: Readonly<Record<string, unknown>>;
  readonly #takenNames: ReadonlySet<string>;
  #unreported = 0;
  #warnedAt = -Infinity;

  constructor(private readonly options: LogstashTransportOptions) {
    super({ level: options.level });
    this.#tags = yieldNames(options.tags, LOGSTASH_FIELDS);
    this.#takenNames = new Set([...LOGSTASH_FIELDS, ...Object.keys(this.#tags)]);
    this.#sender = new TcpLineSender({
      ...DEFAULT_TUNING,
      ...options.tuning,
      host: options.host,
      port: options.port,
      onEvent: (event) => this.#onEvent(event),
      droppedLine: (count) => this.#format(logRecord('warn', 'heksher.logstash', 'log lines dropped', { count })),
    });
  }

  override log(record: LogRecord, next: () => void): void {
    this.#sender.send(this.#format(record));
    next();
  }

  /** Sends what is buffered, for two seconds at most, and logs how much was lost. Later lines are ignored. */
  async shutdown(): Promise<void> {
    await this.#sender.close(FLUSH_BOUND_MS);
    this.#warnOfUnreported();
  }

  #format({ timestamp, level, logger, message, request_id, ...fields }: LogRecord): string {
    return visibleJson({
      '@timestamp': timestamp,
      '@version': '1',
      message,
      level: PYTHON_LEVELS[level],
      logger_name: logger,
      host: HOST,
      heksher_version: this.options.version,
      ...this.#tags,
      ...yieldNames(fields, this.#takenNames),
      request_id,
    });
  }

  #onEvent(event: SenderEvent): void {
    const { log, host, port } = this.options;
    const address = `${host}:${port}`;
    switch (event.kind) {
      case 'lost':
        return log.warn('logstash cannot be reached', { address, error: event.error });
      case 'restored':
        return log.info('logstash is reached again', { address });
      case 'dropped':
        return this.#warnOfDropped(event.count);
      default:
        return event satisfies never;
    }
  }

  #warnOfDropped(count: number): void {
    this.#unreported += count;
    if (performance.now() - this.#warnedAt >= (this.options.warnEveryMs ?? 30_000)) this.#warnOfUnreported();
  }

  #warnOfUnreported(): void {
    if (this.#unreported === 0) return;
    this.options.log.warn('log lines dropped', { count: this.#unreported });
    this.#unreported = 0;
    this.#warnedAt = performance.now();
  }
}
