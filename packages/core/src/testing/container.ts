import type { InvocationContext } from "../options.ts";
import type { Outcome } from "../recursion/outcome.ts";
import type { TimerOwner, VirtualTimer } from "./timeline.ts";

/** A handler as the platform calls it. */
export type SimulatedHandler = (event: never, context: InvocationContext) => Promise<Outcome<unknown>>;

/** One call of the handler. */
export interface SimulatedInvocation {
  readonly id: number;
  readonly job: number;
  /** The hop its event says it is for. */
  readonly hop: number;
  readonly container: Container;
  readonly requestId: string;
  /** Virtual time at which the platform gives it up. */
  readonly deadlineMs: number;
  /** Awaits through the world so far. */
  awaits: number;
  /** The handler answered or threw. */
  hasSettled: boolean;
  /** The platform told the world what became of it. */
  isReported: boolean;
}

/** One execution environment: module state, a clock, timers; frozen between invocations, gone after a crash. */
export class Container implements TimerOwner {
  readonly id: number;
  /** How far its clock is ahead, in milliseconds. */
  readonly clockOffsetMs: number;
  readonly running = new Set<SimulatedInvocation>();
  isGone = false;
  isFrozen = false;
  handler: SimulatedHandler | undefined;
  #due: VirtualTimer[] = [];

  constructor(id: number, clockOffsetMs: number) {
    this.id = id;
    this.clockOffsetMs = clockOffsetMs;
  }

  defer(timer: VirtualTimer): void {
    this.#due.push(timer);
  }

  /** Runs again; answers with the timers that came due meanwhile. */
  thaw(): VirtualTimer[] {
    const due = this.#due.filter((timer) => !timer.isCancelled);
    this.#due = [];
    this.isFrozen = false;
    return due;
  }
}
