/** One OpenTelemetry trace for each run, and metrics. Needs `@opentelemetry/api`. */
export { type Flushable, type FlushOptions, flushed } from "./otel/flushed.ts";
export { type OtelOptions, otelObserver } from "./otel/otel-observer.ts";
export { RunIds, type SpanIds } from "./otel/run-ids.ts";
