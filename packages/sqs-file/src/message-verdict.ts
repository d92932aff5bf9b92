import type { RunRecord } from "@longhaul/core";

/** What a run means for the message that told of its file. */
export type RunVerdict =
  /** There is no record: the run has yet to begin. */
  | { readonly kind: "begin" }
  /** The run goes on, or waits for somebody to resume it. */
  | { readonly kind: "wait" }
  /** The run goes on, and has taken this receipt of the message along. */
  | { readonly kind: "continued" }
  /** The run is over, and did what the message asked for. */
  | { readonly kind: "done" }
  /** The run is over, and did not; or does not go on before somebody mends the cause. */
  | { readonly kind: "dead"; readonly code: string; readonly message: string };

/** Reads the record; a run is over only when its record says so. */
export function verdictOf(record: RunRecord | undefined): RunVerdict {
  if (record === undefined) return { kind: "begin" };
  switch (record.phase) {
    case "running":
    case "handed-off":
      return { kind: "wait" };
    case "paused":
      // Whoever asked for a pause will resume it. Of any other cause somebody has to be told.
      return record.reason === undefined || record.reason.code === "PAUSE_REQUESTED"
        ? { kind: "wait" }
        : deadOf(record);
    case "done":
      return verdictOfResult(JSON.parse(record.result ?? "{}"));
    case "failed":
    case "stopped":
      return deadOf(record);
  }
}

function deadOf({ run, phase, reason }: RunRecord): RunVerdict {
  const { code, message } = reason ?? { code: "UNKNOWN", message: "its record gives no reason" };
  return { kind: "dead", code, message: `Run ${run} ${phase}: ${message}` };
}

/** Reads what a run that is done answered. */
export function verdictOfResult(result: { readonly status?: string }): RunVerdict {
  const { status, code, message } = result as Readonly<Record<string, unknown>>;
  return status === "rejected" ? { kind: "dead", code: String(code), message: String(message) } : { kind: "done" };
}

/** How long messages are hidden that are not over, in seconds. */
export interface LookTimes {
  /** After the first receipt; then twice as long each time. */
  readonly firstLookSeconds: number;
  /** Longest time between two looks. */
  readonly lastLookSeconds: number;
}

/** How long to hide a message that was received so often: twice as long each time, as each look counts towards `maxReceiveCount`. */
export function hideSeconds(receiveCount: number, { firstLookSeconds, lastLookSeconds }: LookTimes): number {
  return Math.min(firstLookSeconds * 2 ** Math.max(0, receiveCount - 1), lastLookSeconds);
}
