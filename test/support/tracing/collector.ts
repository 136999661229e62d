import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

type Value = Readonly<{ stringValue?: string; intValue?: number | string; doubleValue?: number }>;
type KeyValue = Readonly<{ key: string; value: Value }>;
type Attributes = Readonly<Record<string, string | number>>;

/** A span as it was exported, with plain attributes. */
export type ExportedSpan = Readonly<{
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  traceState?: string;
  name: string;
  /** Of OTLP: 1 internal, 2 server, 3 client. */
  kind: number;
  attributes: Attributes;
  events: readonly Readonly<{ name: string; attributes: Attributes }>[];
  links: readonly Readonly<{ traceId: string; spanId: string }>[];
  hasFailed: boolean;
  resource: Attributes;
}>;

/** A collector on this machine that takes OTLP in JSON over HTTP. */
export class Collector {
  readonly spans: ExportedSpan[] = [];
  readonly requests: Readonly<{ path: string; headers: IncomingHttpHeaders }>[] = [];
  private server: Server | undefined;

  private constructor(readonly url: string) {}

  static async start(): Promise<Collector> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const collector = new Collector(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    collector.server = server;
    server.on('request', (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        collector.requests.push({ path: request.url ?? '', headers: request.headers });
        collector.take(JSON.parse(Buffer.concat(pieces).toString()) as Exported);
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    return collector;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private take({ resourceSpans }: Exported): void {
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          this.spans.push({
            ...span,
            parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
            attributes: plain(span.attributes),
            events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: plain(attributes) })),
            links: span.links ?? [],
            hasFailed: span.status?.code === 2,
            resource: plain(resource.attributes),
          });
  }
}

type Exported = Readonly<{
  resourceSpans: readonly Readonly<{
    resource: Readonly<{ attributes: readonly KeyValue[] }>;
    scopeSpans: readonly Readonly<{ spans: readonly SpanOfOtlp[] }>[];
  }>[];
}>;

type SpanOfOtlp = Readonly<{
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  attributes: readonly KeyValue[];
  events?: readonly Readonly<{ name: string; attributes: readonly KeyValue[] }>[];
  links?: readonly Readonly<{ traceId: string; spanId: string }>[];
  status?: Readonly<{ code?: number }>;
}>;

function plain(attributes: readonly KeyValue[] = []): Attributes {
  const valueOf = ({ stringValue, intValue, doubleValue }: Value): string | number =>
    stringValue ?? Number(intValue ?? doubleValue);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}
