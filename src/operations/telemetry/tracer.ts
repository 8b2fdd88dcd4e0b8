import type { IncomingHttpHeaders } from 'node:http';
import type { Span, SpanContext } from '@opentelemetry/api';
import { ConfigError } from '../../model/errors.ts';

/** Where spans go. */
export interface Collector {
  /** Base address of an OTLP collector over HTTP; spans go to `/v1/traces` below it (OpenTelemetry, "OTLP Exporter Configuration"). */
  readonly endpoint: string;
  /** Each `name=value`. Secret. */
  readonly headers: readonly string[];
  readonly serviceName: string;
}

/** The little of OpenTelemetry that is used here. */
export interface TracerLibrary {
  /** Continues the trace that the request belongs to, where it names one (`traceparent`). */
  startOperation(headers: IncomingHttpHeaders): Span;
  start(name: string, kind: 'internal' | 'client', parent: Span | undefined): Span;
  markFailed(span: Span, code: string): void;
  /** Sends what is left. Never fails. */
  shutdown(): Promise<void>;
}

/** How long a collector may take. Ending must not wait for one that is gone. */
const exportTimeoutMs = 3000;

/**
 * Loads OpenTelemetry, here and nowhere else: gateways without a collector do without it, and start faster. Rejects with a `ConfigError` where it is
 * not installed.
 */
export const loadTracer = async ({ endpoint, headers, serviceName }: Collector): Promise<TracerLibrary> => {
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await importLibrary();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: Object.fromEntries(headers.map((pair) => pair.split(/=(.*)/s, 2) as [string, string])),
    timeoutMillis: exportTimeoutMs,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('rolescope');
  const kinds = { internal: api.SpanKind.INTERNAL, client: api.SpanKind.CLIENT };

  return {
    startOperation({ traceparent }) {
      const remote = typeof traceparent === 'string' ? spanContextOf(traceparent) : undefined;
      const context = remote === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, remote);
      return tracer.startSpan('operation', { kind: api.SpanKind.SERVER }, context);
    },
    start(name, kind, parent) {
      const context = parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpan(api.ROOT_CONTEXT, parent);
      return tracer.startSpan(name, { kind: kinds[kind] }, context);
    },
    markFailed(span, code) {
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: code }).setAttribute('rolescope.code', code);
    },
    shutdown: () => provider.shutdown().catch(() => {}),
  };
};

/** Who traces installs these; who does not has 28 MB less. */
const importLibrary = () =>
  Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]).catch((error: unknown) => {
    throw new ConfigError(
      'OTEL_EXPORTER_OTLP_ENDPOINT needs OpenTelemetry, which is installed apart: npm install @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http @opentelemetry/resources',
      { cause: error },
    );
  });

/** W3C Trace Context, "traceparent Header". */
const spanContextOf = (traceparent: string): SpanContext | undefined => {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true };
};
