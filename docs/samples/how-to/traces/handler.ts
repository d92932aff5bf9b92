import { recursive } from "@longhaul/core";
import { flushed, otelObserver, RunIds } from "@longhaul/core/otel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const ids = new RunIds();
const provider = new TracerProvider({
  idGenerator: ids,
  // Where it sends to is read from OTEL_EXPORTER_OTLP_ENDPOINT.
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
});

const work = recursive({
  start: (_event: { upTo: number }) => ({ next: 0 }),
  async *run({ next }, { event, progress }) {
    for (; next < event.upTo; next++) {
      progress({ invoices: next + 1 });
      yield { next: next + 1 };
    }
  },
  observers: [otelObserver({ tracer: provider.getTracer("invoices"), ids })],
});

export const handler = flushed(work, provider);
