import type { RunRecord } from "../state/run-store.ts";

/** The meaning of a run for the message that named its file. */
export type RunVerdict =
  /** There is no record: the run has yet to begin. */
  | { readonly kind: "begin" }
  /** The run continues, or waits to be resumed. */
  | { readonly kind: "wait" }
  /** The run continues, and its event holds this receipt of the message. */
  | { readonly kind: "continued" }
  /** The run is over, and did what the message asked for. */
  | { readonly kind: "done" }
  /** The run is over and did not; or it stays paused until somebody mends the cause. */
  | { readonly kind: "dead"; readonly code: string; readonly message: string };

/** Reads the record; a run is over only when its record says so. */
export function verdictOf(record: RunRecord | undefined): RunVerdict {
  if (record === undefined) return { kind: "begin" };
  switch (record.phase) {
    case "running":
    case "handed-off":
    case "sleeping":
      return { kind: "wait" };
    case "paused":
      // The person who asked for a pause will resume it. Any other cause must be reported.
      return record.reason === undefined || record.reason.code === "PAUSE_REQUESTED"
        ? { kind: "wait" }
        : deadOf(record);
    case "done":
      return verdictOfResult(JSON.parse(record.result ?? "{}"));
    case "failed":
    case "stopped":
    case "deleted":
      return deadOf(record);
  }
}

function deadOf({ run, phase, reason }: RunRecord): RunVerdict {
  const { code, message } = reason ?? { code: "UNKNOWN", message: "its record gives no reason" };
  return { kind: "dead", code, message: `Run ${run} ${phase}: ${message}` };
}

/** Reads the result of a run that is done. */
export function verdictOfResult(result: unknown): RunVerdict {
  const { status, code, message } = Object(result) as Readonly<Record<string, unknown>>;
  return status === "rejected" ? { kind: "dead", code: String(code), message: String(message) } : { kind: "done" };
}

/** Visibility timeouts of messages that are not over, in seconds. */
export interface LookTimes {
  /** After the first receipt; then twice as long each time. */
  readonly firstLookSeconds: number;
  /** Longest time between two looks. */
  readonly lastLookSeconds: number;
}

/** The visibility timeout after so many receives, in seconds: it doubles, because each receive counts towards `maxReceiveCount`. */
export function hideSeconds(receiveCount: number, { firstLookSeconds, lastLookSeconds }: LookTimes): number {
  return Math.min(firstLookSeconds * 2 ** Math.max(0, receiveCount - 1), lastLookSeconds);
}
