/** A step of a trace. */
export interface TraceStep {
  /** A sentence, or with `who` the rest of one. */
  readonly what: string;
  /** An invocation as `#1`, or `sweep`, `clock`, `platform`, `outside`. Absent where the sentence says it. */
  readonly who?: string;
  /** Ticks since the beginning. Absent where time does not count. */
  readonly tick?: number;
  /** The record before and after, if it changed. */
  readonly change?: string;
  /** Whether something goes wrong. */
  readonly isFault: boolean;
  /** The invocation that begins, and its hop. */
  readonly begins?: { readonly invocation: string; readonly hop: number };
  /** The invocations that end. */
  readonly ends?: readonly { readonly invocation: string; readonly as: InvocationEnd }[];
}

/** How an invocation ends. */
export type InvocationEnd = "continued" | "done" | "stopped" | "duplicate" | "error" | "timeout" | "exit";
