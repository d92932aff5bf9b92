import { createHash } from "node:crypto";
import { type SpanContext, TraceFlags } from "@opentelemetry/api";

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

/** A span of a run as other spans refer to it, whether or not this process made it. */
export function contextOf(run: string, place: SpanPlace): SpanContext {
  return { traceId: traceIdOf(run), spanId: spanIdOf(run, place), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
