import { errorMessage } from '@heksher/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { type Logger } from '../modules/logging/index.js';
import { HEKSHER_VERSION } from '../version.js';
import { Tracing } from './tracing.js';

/** How traces are made. Where they go, and all else of their export, the SDK reads from the environment itself. */
export type TraceOptions = Readonly<{
  /** Of the requests that say nothing of it, which are sampled. */
  ratio: number;
}>;

/** What `npm install` has to be given; the last lines that run on Node 20. */
export const PACKAGES = [
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/resources@2.12.1',
  '@opentelemetry/sdk-trace-base@2.12.1',
  '@opentelemetry/exporter-trace-otlp-http@0.223.0',
] as const;

/** How long the last spans may take to be exported, in milliseconds. */
const FLUSH_MS = 3_000;

/**
 * Loads the SDK, which is optional. The variables that ask for it are those of all programs in a cluster, so that it is no reason
 * not to start where it is not installed: undefined then, with a warning.
 */
export async function startTracing({ ratio }: TraceOptions, log: Logger): Promise<Tracing | undefined> {
  const packages = await importPackages(log);
  if (packages === undefined) return undefined;
  const [api, { defaultResource, detectResources, envDetector, resourceFromAttributes }, sdk, exporting] = packages;
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'heksher', 'service.version': HEKSHER_VERSION }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = watched(new exporting.OTLPTraceExporter(), log);
  const provider = new sdk.BasicTracerProvider({
    resource,
    // What is to be sampled is decided before a span is made.
    sampler: new sdk.AlwaysOnSampler(),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  log.info('traces are exported', { ratio });
  return new Tracing({ api, tracer: provider.getTracer('heksher', HEKSHER_VERSION) }, ratio, () =>
    inTime(provider.shutdown()),
  );
}

async function importPackages(log: Logger) {
  try {
    return await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
  } catch (error) {
    log.warn('there are no traces: OTEL_EXPORTER_OTLP_ENDPOINT asks for them, and the packages are not installed', {
      install: `npm install ${PACKAGES.join(' ')}`,
      problem: errorMessage(error),
    });
    return undefined;
  }
}

/** Says once that spans cannot be exported, and once that they can again. */
function watched(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false;
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        const hasFailed = Number(result.code) !== 0;
        if (hasFailed && !isFailing)
          log.warn('traces cannot be exported, and are dropped', { problem: errorMessage(result.error) });
        if (!hasFailed && isFailing) log.info('traces are exported again');
        isFailing = hasFailed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

/** Nobody waits longer for a collector that does not answer. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_MS)));
  await Promise.race([work.catch(() => undefined), overdue]);
  clearTimeout(timer);
}
