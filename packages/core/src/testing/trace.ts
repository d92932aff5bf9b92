import type { Outcome } from "../recursion/outcome.ts";
import type { RunPhase } from "../state/run-status.ts";
import type { SweepReport } from "../state/sweep.ts";

/** Who sent an event: the cause of the run, a hop, the sweeper, someone outside, the caller that invokes again. */
export type Sender = "cause" | "hop" | "sweeper" | "outside" | "caller" | "waking";

/** The writes of a run store that the trace shows. */
export type StoreWrite = "begin" | "renew" | "checkpoint" | "handOff" | "release" | "finish";

/** Something that can be asked from outside. */
export type OutsideAsk =
  | "stop"
  | "pause"
  | "resume"
  | "rewind"
  | "delete"
  | "kill"
  | "freeze"
  | "duplicate"
  | "lose"
  | "deploy";

/** Where in the world something happened; what does not apply is absent. */
export interface TracePlace {
  /** Which of the events given to the simulation it belongs to, from 0. */
  readonly job?: number;
  /** The hop, as its event says. */
  readonly hop?: number;
  /** Number of the invocation, from 1. */
  readonly invocation?: number;
  /** Number of the container, from 1. */
  readonly container?: number;
}

/** An event of a simulation; `at` is in virtual milliseconds since the simulation began. */
export type TraceEvent = { readonly at: number } & TracePlace & Happening;

/** The kinds of things that happen. */
export type Happening =
  /** The platform took an event and will deliver it so many times: 0 if it loses it. */
  | { readonly type: "sent"; readonly by: Sender; readonly forHop: number; readonly deliveries: number }
  /** An invocation began. `retry` counts the platform's retries of its event. */
  | {
      readonly type: "invoked";
      readonly requestId: string;
      readonly retry: number;
      readonly deadlineAt: number;
      /** How far the container's clock is ahead, in milliseconds. */
      readonly offsetMs: number;
      readonly isCold: boolean;
      /** Version of the function. */
      readonly version: number;
    }
  /** The handler answered; `isLate`: after the platform had given it up. */
  | { readonly type: "returned"; readonly status: Outcome["status"]; readonly why: string; readonly isLate: boolean }
  | { readonly type: "threw"; readonly error: string; readonly isLate: boolean }
  | { readonly type: "timed-out"; readonly isKilled: boolean }
  /** The clock of a container is so far ahead from now on. */
  | { readonly type: "clock-jumped"; readonly offsetMs: number }
  | { readonly type: "crashed"; readonly where: string }
  | { readonly type: "frozen" }
  | { readonly type: "thawed"; readonly dueTimers: number }
  /** The platform gave an event up. */
  | { readonly type: "on-failure" }
  /** The work began, with these parameters: the event as JSON. */
  | { readonly type: "works-on"; readonly run: string; readonly event: string }
  /** The work was asked for its next safe point. */
  | {
      readonly type: "step";
      /** How many steps of this hop came before. */
      readonly steps: number;
      readonly remainingMs: number;
      /** Reserve and predicted step. */
      readonly neededMs: number;
    }
  /** The work came to a safe point. */
  | { readonly type: "safe-point"; readonly durationMs: number }
  /** A state that was yielded cannot be carried on, or was changed afterwards. */
  | {
      readonly type: "bad-state";
      readonly kind: "cannot-travel" | "changed";
      readonly detail: string;
      /** Which step of this hop yielded it, from 1; for `changed`, at the latest. */
      readonly steps: number;
    }
  /** One of the user's functions waits for something that the simulation does not know, and nothing real shows. */
  | { readonly type: "waits"; readonly what: string }
  /** A write arrived at the store. `repeated`: accepted because it had been made before; nothing changed. */
  | {
      readonly type: "write";
      readonly op: StoreWrite;
      readonly run: string;
      readonly writeHop: number;
      readonly owner: string;
      readonly answer: "accepted" | "repeated" | "refused";
      /** The record after the write. */
      readonly recordHop: number | undefined;
      /** Safe points that the record counts. */
      readonly recordSteps: number | undefined;
      readonly phase: RunPhase | undefined;
      readonly attempt: number | undefined;
      readonly state: string | undefined;
      /** When the lease ends after the write, by the writer's clock; in virtual milliseconds. */
      readonly leaseUntilAt: number | undefined;
      /** When the run is to wake, after the write, if it sleeps; in virtual milliseconds, by the clock of its hop. */
      readonly wakeAt?: number;
      readonly refusal?: string;
    }
  /** A run begins again at an earlier hop. */
  | {
      readonly type: "rewound";
      readonly run: string;
      readonly toHop: number;
      /** Whether the history had the state of the hop, which the record named. If not, the run was not rewound. */
      readonly isKept: boolean;
      /** The state that the hop begins with, encoded; absent where `start` makes it. */
      readonly state: string | undefined;
    }
  /** A service refused something for its size. */
  | { readonly type: "too-large"; readonly what: string; readonly bytes: number; readonly maxBytes: number }
  /** An external effect arrived, some time after it was asked for. */
  | {
      readonly type: "effect";
      readonly key: string;
      readonly value: unknown;
      readonly fenceToken: number | undefined;
      readonly isAccepted: boolean;
      readonly askedAt: number;
    }
  /** A call to a double of the user's arrived. */
  | { readonly type: "called"; readonly name: string }
  | { readonly type: "fault"; readonly kind: string; readonly detail: string }
  /** A timer of the engine fired for a hop whose handler had answered. */
  | { readonly type: "late-timer" }
  | { readonly type: "swept"; readonly report: SweepReport }
  | {
      readonly type: "asked";
      readonly ask: OutsideAsk | "redrive";
      readonly isTaken: boolean;
    };

/** Events of one kind. */
export type TraceEventOf<Type extends Happening["type"]> = Extract<TraceEvent, { readonly type: Type }>;
