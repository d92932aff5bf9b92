import type { InvocationContext } from "../options.ts";
import type { Settings } from "../settings.ts";
import type { EndedRuns } from "./ended-runs.ts";

/** The memory of a warm container between invocations. */
export interface ContainerMemory {
  /** How long its last hand-off took, or tried to. */
  handOffMs: number | undefined;
  readonly ended: EndedRuns;
}

/** Facts about one invocation of a handler from its beginning. */
export interface Invocation<Event, State, Result> {
  readonly settings: Settings<Event, State, Result>;
  readonly container: ContainerMemory;
  readonly context: InvocationContext;
  /** Milliseconds left, now. */
  readonly remainingMs: () => number;
  /** Milliseconds it had when it began. */
  readonly windowMs: number;
}
