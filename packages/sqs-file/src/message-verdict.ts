import type { RunRecord } from "@longhaul/core";

/** What a run's record means for the message that began it. */
export type RunVerdict =
  /** There is no record: the run has yet to begin. */
  | { readonly kind: "begin" }
  /** The run goes on, or waits for somebody to resume it. */
  | { readonly kind: "wait" }
  /** The run is over, and did what the message asked for. */
  | { readonly kind: "done" }
  /** The run is over, and did not. */
  | { readonly kind: "dead"; readonly code: string; readonly message: string };

/** Reads the record; a run is over only when its record says so. */
export function verdictOf(record: RunRecord | undefined): RunVerdict {
  if (record === undefined) return { kind: "begin" };
  switch (record.phase) {
    case "running":
    case "handed-off":
    case "paused":
      return { kind: "wait" };
    case "done":
      return rejectionIn(record.result) ?? { kind: "done" };
    case "failed":
    case "stopped": {
      const { code, message } = record.reason ?? { code: "UNKNOWN", message: "its record gives no reason" };
      return { kind: "dead", code, message: `Run ${record.run} ${record.phase}: ${message}` };
    }
  }
}

function rejectionIn(result: string | undefined): RunVerdict | undefined {
  const { status, code, message } = JSON.parse(result ?? "{}") as Readonly<Record<string, unknown>>;
  return status === "rejected" ? { kind: "dead", code: String(code), message: String(message) } : undefined;
}

/** Longest a message may be hidden: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const MAX_VISIBILITY_SECONDS = 12 * 3_600;

/**
 * How long to hide a message whose run goes on. Each look at it counts towards `maxReceiveCount`, so that it is hidden
 * twice as long each time, up to an hour short of SQS's ceiling, which counts from the receipt.
 */
export function hideSeconds(receiveCount: number, firstLookSeconds: number): number {
  const doubled = firstLookSeconds * 2 ** Math.min(30, Math.max(0, receiveCount - 1));
  return Math.min(doubled, MAX_VISIBILITY_SECONDS - 3_600);
}
