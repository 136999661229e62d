import type { Attributes } from '@opentelemetry/api';
import { type Sdk, Span } from './span.js';
import { parseTraceparent, sampledBit, type TraceParent, tracestateOf } from './trace-context.js';

/** The context of a trace, as headers have it. */
export type TraceHeaders = Readonly<{ traceparent?: string | undefined; tracestate?: string | undefined }>;

/** Where a span goes on from. */
type Origin = Readonly<{ parent: TraceParent | undefined; state: string | undefined }>;

/** Begins spans: of requests, of the checks that they share, and of what is sent because of a write. */
export class Tracing {
  /** How much of a request is due to be sampled. */
  private due = 0;

  /** @param ratio of the requests that say nothing of it, which are sampled: from 0 to 1 */
  constructor(
    private readonly sdk: Sdk,
    private readonly ratio: number,
    private readonly flush: () => Promise<void>,
  ) {}

  /** The span of a request; undefined: it is not sampled, and nothing was allocated. Who sent it decides, by its `traceparent`. */
  request(header: unknown, state?: unknown): Span | undefined {
    const bit = sampledBit(header);
    if (bit === false) return undefined;
    const parent = bit === true ? parseTraceparent(String(header)) : undefined;
    if (parent === undefined && !this.isDue()) return undefined;
    const { SpanKind } = this.sdk.api;
    return this.begin('request', SpanKind.SERVER, { parent, state: tracestateOf(state) });
  }

  /** The span of a check that serves many readers: linked to those that are sampled, since no one of them is its parent. */
  check(readers: readonly Readonly<{ span?: Span | undefined }>[]): Span | undefined {
    let sampled: Span[] | undefined;
    for (const { span } of readers) if (span !== undefined) (sampled ??= []).push(span);
    if (sampled === undefined) return undefined;
    const links = sampled.map(({ inner }) => ({ context: inner.spanContext() }));
    const attributes = { 'heksher.readers': readers.length };
    const { api, tracer } = this.sdk;
    const options = { kind: api.SpanKind.INTERNAL, links, attributes };
    return new Span(this.sdk, tracer.startSpan('heksher.revision.check', options, api.ROOT_CONTEXT));
  }

  /** The span of what is sent because of a write, in the trace of that write; undefined where that was not sampled. */
  sending(name: string, { traceparent, tracestate }: TraceHeaders, attributes: Attributes): Span | undefined {
    const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    if (parent?.isSampled !== true) return undefined;
    return this.begin(name, this.sdk.api.SpanKind.CLIENT, { parent, state: tracestate }, attributes);
  }

  /** Exports what has ended, for a while at most. */
  close(): Promise<void> {
    return this.flush();
  }

  private begin(name: string, kind: number, { parent, state }: Origin, attributes: Attributes = {}): Span {
    const { api, tracer } = this.sdk;
    const context =
      parent === undefined
        ? api.ROOT_CONTEXT
        : api.trace.setSpanContext(api.ROOT_CONTEXT, {
            traceId: parent.traceId,
            spanId: parent.spanId,
            traceFlags: api.TraceFlags.SAMPLED,
            isRemote: true,
            ...(state !== undefined && { traceState: api.createTraceState(state) }),
          });
    return new Span(this.sdk, tracer.startSpan(name, { kind, attributes }, context));
  }

  /** One of each so many, evenly. */
  private isDue(): boolean {
    this.due += this.ratio;
    if (this.due < 1) return false;
    this.due -= 1;
    return true;
  }
}
