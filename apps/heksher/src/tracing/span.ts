import type * as Api from '@opentelemetry/api';
import { type StatementSpan } from '@heksher/database';
import { formatTraceparent } from './trace-context.js';

/** What spans are made with, where there is an SDK. */
export type Sdk = Readonly<{ api: typeof Api; tracer: Api.Tracer }>;

/**
 * A sampled piece of work, passed by hand as the caller is; what is not sampled has none. It is exported when it ends
 * (docs/decisions/tracing-by-hand.md).
 */
export class Span implements StatementSpan {
  readonly traceId: string;
  readonly spanId: string;

  constructor(
    private readonly sdk: Sdk,
    readonly inner: Api.Span,
  ) {
    ({ traceId: this.traceId, spanId: this.spanId } = inner.spanContext());
  }

  /** What others continue the trace by. */
  get traceparent(): string {
    return formatTraceparent({ ...this, isSampled: true });
  }

  /** A part of this that is a question to another service. */
  client(name: string, attributes: Api.Attributes): Span {
    const { api, tracer } = this.sdk;
    const options = { kind: api.SpanKind.CLIENT, attributes };
    return new Span(this.sdk, tracer.startSpan(name, options, api.trace.setSpan(api.ROOT_CONTEXT, this.inner)));
  }

  /** Carries out a statement of the database as a part of this. */
  async statement<T>(summary: string, work: () => Promise<T>): Promise<T> {
    const [operation = ''] = summary.split(' ', 1);
    const span = this.client('db.query', {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': summary,
    });
    try {
      const result = await work();
      span.end();
      return result;
    } catch (error) {
      span.fail(error);
      throw error;
    }
  }

  event(name: string, attributes: Api.Attributes): void {
    this.inner.addEvent(name, attributes);
  }

  end(attributes: Api.Attributes = {}): void {
    this.inner.setAttributes(attributes);
    this.inner.end();
  }

  /** Ends it as one that failed. */
  fail(error: unknown, attributes: Api.Attributes = {}): void {
    const type = error instanceof Error ? error.name : String(error);
    this.inner.setStatus({ code: this.sdk.api.SpanStatusCode.ERROR, message: String(error) });
    this.end({ ...attributes, 'error.type': type });
  }
}

/** What lines of the log name a sampled piece of work by. */
export function loggedSpan(span: Span | undefined): Readonly<Record<string, string>> {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
