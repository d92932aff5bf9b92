import { ConfigError } from "../errors.ts";
import type { HandOffDriver } from "../recursion/driver.ts";
import type { RunRecord, RunStore } from "../state/run-store.ts";
import type { SimulatedHandler } from "./container.ts";
import type { FaultsOption, Latencies, ScriptedCrash } from "./faults.ts";
import type { OutsideRequest } from "./outside.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { JobOutcome } from "./simulation-result.ts";
import type { SweeperOptions } from "./sweeper.ts";
import type { TraceEvent } from "./trace.ts";

/** Loads a module into a new container; answers with its handler. */
export type LoadHandler = (world: SimulatedHost) => SimulatedHandler | Promise<SimulatedHandler>;

/** An event that begins a run. */
export interface SimulatedEvent {
  readonly event: object;
  /** Name of the function that gets it, one of {@link SimulateOptions.functions}. Default: the handler. */
  readonly to?: string;
  /** When it arrives, in virtual milliseconds since the simulation began. Default 0. */
  readonly atMs?: number;
  /** How its run may end. Default: as {@link SimulateOptions.ends} says. */
  readonly ends?: readonly JobOutcome[];
}

/** Options of {@link simulate}. */
export interface SimulateOptions {
  /** Decides everything that is left to chance: the same seed gives the same run, byte for byte. */
  readonly seed: number;
  /**
   * Your module: called once for each new container, so that module state is its own. It may answer with the handler that
   * you deploy, `() => handler`: the simulation's clock, driver and store take the place of those it has.
   */
  readonly handler: LoadHandler;
  /** More functions beside it, by name, that keep their runs in the same store. */
  readonly functions?: Readonly<Record<string, LoadHandler>>;
  /** The event that begins the run. Default `{}`. */
  readonly event?: object;
  /** Several runs instead: their events, and when each arrives. */
  readonly events?: readonly SimulatedEvent[];
  /** How runs may end, for `runIsDone`. Default: done; also stopped or paused, where `outside` asks for it. */
  readonly ends?: readonly JobOutcome[];
  /**
   * How long a step takes in virtual time, in milliseconds, as [least, most]: for work that does not say so itself by
   * `world.step()`. Default: none; for a handler as you deploy it, a 100th to a 5th of the timeout.
   */
  readonly stepMs?: readonly [number, number];
  /** The function's timeout in milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  /** Faults: `"calm"`, `"chaos"` (default) or rates. */
  readonly faults?: FaultsOption;
  /** Crashes at exact points, each once. */
  readonly crashAt?: readonly ScriptedCrash[];
  /** Faults end after so much virtual time, in milliseconds, so that the run can end. Default 600,000. */
  readonly faultsForMs?: number;
  /** How far the clocks of two hosts may differ, in milliseconds. Default 1,000, as `recursive()` assumes. */
  readonly skewMs?: number;
  /** The run store: `true` (default) for one in memory, `false` for none, or one of your own over the given records. */
  readonly store?: boolean | ((records: Map<string, RunRecord>) => RunStore);
  /** The sweeper beside the store; `false` for none. Default: there is one beside the queue, and none beside a caller. */
  readonly sweeper?: SweeperOptions | false;
  /**
   * Whether, after the faults, an operator resumes what they had ended, so that only the work itself keeps a run from being
   * done: runs that stalled or failed too often, and events that the platform gave up. Default `true`.
   */
  readonly redrive?: boolean;
  /** Changes the channel of hand-offs, e.g. to show that a check would notice a broken one. */
  readonly driver?: (driver: HandOffDriver) => HandOffDriver;
  /** Who invokes: Lambda's asynchronous queue (default), or a caller that invokes again with the continuation. */
  readonly trigger?: "queue" | "caller";
  /** Whether the platform kills the process at the timeout (default); Lambda Managed Instances do not. */
  readonly platformKills?: boolean;
  /** Containers at most. Default 10. */
  readonly maxContainers?: number;
  /** Invocations at a time in one container. Default 1; more on Lambda Managed Instances. */
  readonly invocationsPerContainer?: number;
  /** The things done to runs from outside, and when. */
  readonly outside?: readonly OutsideRequest[];
  readonly latencies?: Partial<Latencies>;
  /** Environment variables. `LONGHAUL_RECURSIVE_LOOP=Allow` is set by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** The function's memory, for the cost guard. Default 1,024. */
  readonly memoryMb?: number;
  /** Whether each step is in the trace. Default `true`; `false` for long runs. */
  readonly tracesSteps?: boolean;
  /** Called with each event of the trace when it happens, so that a simulation can be watched. */
  readonly onTrace?: (event: TraceEvent) => void;
  /** The simulation ends at the latest after so much virtual time, in milliseconds. Default 4 hours after the faults. */
  readonly limitMs?: number;
  /**
   * Real time in milliseconds that the user's functions may wait for real things, such as files or requests, in all and
   * without {@link external}. Virtual time stops meanwhile. Default 4,000.
   */
  readonly realMs?: number;
}

/** Name of the function that the handler is. */
export const MAIN = "simulated";

/** @throws {@link ConfigError} for options that cannot work. */
export function assertOptions(
  { seed, timeoutMs, stepMs }: SimulateOptions,
  events: readonly SimulatedEvent[],
  functions: readonly string[],
): void {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new ConfigError(`seed must be a whole number from 0, not ${seed}.`);
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new ConfigError(`timeoutMs must be above 0, not ${timeoutMs}.`);
  if (events.length === 0) throw new ConfigError("events must have at least one: without, nothing is simulated.");
  if (stepMs && !(stepMs[0] >= 0 && stepMs[1] >= stepMs[0])) {
    throw new ConfigError(`stepMs must be [least, most] in milliseconds, not [${stepMs.join(", ")}].`);
  }
  for (const { to = MAIN } of events) {
    if (!functions.includes(to)) {
      throw new ConfigError(`There is no function "${to}" for an event; there are: ${functions.join(", ")}.`);
    }
  }
}

/** How a run may end that nothing is said of. */
export function usualEnds(outside: readonly OutsideRequest[], of: number): JobOutcome[] {
  const asked = new Set(outside.filter(({ job = 0 }) => job === of).map(({ ask }) => ask));
  return [
    "done",
    ...(asked.has("stop") ? ["stopped" as const] : []),
    ...(asked.has("pause") ? ["paused" as const] : []),
  ];
}
