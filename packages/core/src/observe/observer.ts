import type { BeginRefusal } from "../state/run-store.ts";

interface RunEventBase {
  readonly run: string;
  readonly hop: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What happens in a run, as it happens. `progress` is what the work last reported through `ctx.progress()`. */
export type RunEvent = RunEventBase &
  (
    | {
        readonly type: "hop.start";
        /** Milliseconds this invocation has. */
        readonly windowMs: number;
        readonly reserveMs: number;
        /** 1 for a first attempt; more after a crash or failure of the same hop. */
        readonly attempt: number;
        readonly startedAt: number;
      }
    | { readonly type: "step"; readonly steps: number; readonly remainingMs: number }
    | {
        readonly type: "checkpoint";
        /** Whether a store has it. */
        readonly isDurable: boolean;
        readonly steps: number;
        readonly durationMs: number;
        readonly remainingMs: number;
        readonly progress: Progress;
      }
    | {
        readonly type: "handoff";
        readonly cause: "budget" | "watchdog" | "guard";
        readonly driver: string;
        readonly steps: number;
        readonly durationMs: number;
        /** Left of the invocation when the hand-off was confirmed. */
        readonly remainingMs: number;
        readonly windowMs: number;
        readonly bytes: number;
        readonly costUsd: number;
        readonly progress: Progress;
      }
    | {
        readonly type: "done";
        readonly steps: number;
        readonly remainingMs: number;
        readonly windowMs: number;
        readonly costUsd: number;
        readonly progress: Progress;
      }
    | { readonly type: "stopped"; readonly code: string; readonly message: string; readonly progress: Progress }
    | { readonly type: "duplicate"; readonly refusal: BeginRefusal | "fenced" }
    | { readonly type: "error"; readonly code: string; readonly message: string; readonly progress: Progress }
  );

/** Counters the work reports, such as `{ records: 1200 }`. */
export type Progress = Readonly<Record<string, number>>;

/** Watches runs. It must not throw; what it throws is dropped. */
export interface Observer {
  observe(event: RunEvent): void;
  /** Whether it wants `step` events, one per safe point. Default `false`: they cost time on the hot path. */
  readonly wantsSteps?: boolean;
}
