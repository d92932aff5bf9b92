import { createHash } from "node:crypto";
import { isSpanContextValid, type SpanContext, TraceFlags } from "@opentelemetry/api";

/** The id of a run's trace: 32 hexadecimal digits that every hop computes for itself. */
export function traceIdOf(run: string): string {
  return digest(["trace", run]).slice(0, 32);
}

/** A span to which spans of other processes refer: that of the run, or the hand-off that ended a hop. */
export type SpanPlace = "run" | { readonly handOffOf: number };

/** The id of a span: 16 hexadecimal digits. */
function spanIdOf(run: string, place: SpanPlace): string {
  return digest(place === "run" ? ["run", run] : ["hand-off", run, place.handOffOf]).slice(0, 16);
}

/** A span of a run in a trace as other spans refer to it, whether or not this process made it. */
export function contextOf(traceId: string, run: string, place: SpanPlace): SpanContext {
  return { traceId, spanId: spanIdOf(run, place), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** Reads a `traceparent`; `undefined` for one that is none. https://www.w3.org/TR/trace-context/#traceparent-header */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, version, traceId = "", spanId = "", flags = ""] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent ?? "") ?? [];
  const read = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return version === "ff" || !isSpanContextValid(read) ? undefined : read;
}

function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
