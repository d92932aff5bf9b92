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
  /** How far the clock was ahead when it began: its time left is told by that clock. */
  readonly clockOffsetMs: number;
  /** Awaits through the world so far. */
  awaits: number;
  /** The handler answered or threw. */
  hasSettled: boolean;
  /** The platform told the world what became of it. */
  isReported: boolean;
  /** Tells its work to end. */
  signal: AbortSignal | undefined;
  /** Called when the handler has answered or thrown. */
  readonly atEnd: (() => void)[];
}

/** One execution environment: module state, a clock, timers; frozen between invocations, gone after a crash. */
export class Container implements TimerOwner {
  readonly id: number;
  /** How far its clock is ahead, in milliseconds; may jump. */
  clockOffsetMs: number;
  readonly running = new Set<SimulatedInvocation>();
  isGone = false;
  isFrozen = false;
  /** Whether it is frozen in the middle of its work, and not by the platform. */
  isStalled = false;
  /** Things of the simulation that the user's functions wait for: a step's time, an effect, a timer. */
  userAwaits = 0;
  handler: SimulatedHandler | undefined;
  readonly #onGone: (container: Container) => void;
  #due: VirtualTimer[] = [];

  /** Version of the function that it has loaded. */
  readonly version: number;

  constructor(
    id: number,
    clockOffsetMs: number,
    {
      version = 1,
      onGone = () => {},
    }: Pick<Partial<Container>, "version"> & {
      readonly onGone?: (container: Container) => void;
    } = {},
  ) {
    this.id = id;
    this.clockOffsetMs = clockOffsetMs;
    this.version = version;
    this.#onGone = onGone;
  }

  /** The process ends, and everything in it. */
  die(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#onGone(this);
  }

  defer(timer: VirtualTimer): void {
    this.#due.push(timer);
  }

  /** Runs again; answers with the timers that came due meanwhile. */
  thaw(): VirtualTimer[] {
    const due = this.#due.filter((timer) => !timer.isCancelled);
    this.#due = [];
    this.isFrozen = false;
    this.isStalled = false;
    return due;
  }
}
