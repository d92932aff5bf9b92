import type { BeginRefusal } from "../state/run-store.ts";
import type { Progress } from "./progress.ts";

/** Fields of every event. */
export interface RunEventBase {
  readonly run: string;
  readonly hop: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Safe points reached in this hop. */
  readonly steps: number;
  /** Left of the invocation. */
  readonly remainingMs: number;
  /** Milliseconds that the invocation had when it began. */
  readonly windowMs: number;
  /** The last report of the work through `progress()`; as a hop begins, the one that the run's record has. */
  readonly progress: Progress;
  /** The field `traceparent` of the run's event, if it has one: the span that began the run, as W3C Trace Context writes it. */
  readonly traceparent?: string;
}

/** An event in a run, reported as it happens. */
export type RunEvent = RunEventBase &
  (
    | {
        readonly type: "hop.start";
        readonly reserveMs: number;
        /** 1 for a first attempt; more after a crash or failure of the same hop. */
        readonly attempt: number;
        readonly startedAt: number;
      }
    | { readonly type: "step" }
    | {
        readonly type: "checkpoint";
        /** Whether a store has it. */
        readonly isDurable: boolean;
        readonly durationMs: number;
      }
    | {
        readonly type: "handoff";
        /** Why the hop ended: no time for one more step; a step aborted at the reserve or at its limit; a guard or request. */
        readonly cause: "budget" | "watchdog" | "step-timeout" | "guard" | "sleep";
        readonly driver: string;
        readonly durationMs: number;
        readonly bytes: number;
        readonly costUsd: number;
      }
    | {
        readonly type: "done";
        readonly costUsd: number;
      }
    | {
        readonly type: "stopped";
        /** The end of the run. */
        readonly phase: "stopped" | "paused" | "failed";
        readonly code: string;
        readonly message: string;
        /** The page of the code, unless the code is that of your error. */
        readonly helpUrl?: string;
      }
    | { readonly type: "duplicate"; readonly refusal: BeginRefusal | "fenced" }
    | {
        readonly type: "error";
        readonly code: string;
        readonly message: string;
        /** The page of the code, if the error is of Longhaul. */
        readonly helpUrl?: string;
      }
  );

/** Watches runs. It may be asynchronous: nobody waits for it. What it throws or rejects with is dropped. */
export interface Observer {
  observe(event: RunEvent): void;
  /** Whether it wants `step` events, one per safe point. Default `false`: they cost time on the hot path. */
  readonly wantsSteps?: boolean;
}
