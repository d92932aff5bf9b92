import type { Outcome } from "@longhaul/core";

/** One invocation, and when its time is up. */
export interface Call {
  readonly event: Readonly<Record<string, unknown>>;
  readonly functionArn: string;
  /** Time is up once so many reports were sent; `null`: never. */
  readonly lastReport: number | null;
  /**
   * How long the last step takes, in milliseconds of the invocation's time; the others take none. It must grow from hop to
   * hop, since `recursive()` leaves room for another step like the longest so far, and a handler with a fixed reserve not.
   */
  readonly lastStepMs: number;
}

/** The answer of a handler in either language. */
export type Answer = Pick<Outcome, "status"> & { readonly result?: unknown };

/** An execution environment of one language: keeps its memory and files from invocation to invocation. */
export interface Container {
  invoke(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** Time left of a call, by the number of reports sent. Python's container has the same rule. */
export function remainingMs({ lastReport, lastStepMs }: Call, reports: number): number {
  return lastReport !== null && reports >= lastReport ? 9_999 : 10_000 + lastStepMs;
}
