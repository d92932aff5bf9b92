import type { Check } from "./check.ts";
import type { SimulatedHandler } from "./container.ts";
import type { Faults } from "./faults.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { SimulationResult } from "./simulation-result.ts";

/** Options of {@link verify}. */
export interface VerifyOptions<Services = undefined>
  extends Omit<SimulateOptions, "seed" | "handler" | "functions" | "faults" | "crashAt" | "onTrace" | "tracesSteps"> {
  /**
   * Doubles of the services that the handler uses, made anew for each trial: whatever outlives a function instance. Default:
   * none.
   */
  readonly services?: () => Services;
  /**
   * Your module: called once for each new function instance, so that module state is its own. It may answer with the
   * handler that you deploy, `() => handler`.
   */
  readonly handler: (world: SimulatedHost, services: Services) => SimulatedHandler | Promise<SimulatedHandler>;
  /** Throws if something is wrong at the end of a trial. Default: only {@link VerifyOptions.checks} look. */
  readonly invariant?: (result: SimulationResult, services: Services) => void | Promise<void>;
  /** Throws if something is wrong that must hold at every moment: it is asked after each event of the trace. */
  readonly always?: (services: Services) => void;
  /** Checks of each trial. Default: `standardChecks`, or `storelessChecks` for a handler without a store. */
  readonly checks?: readonly Check[];
  /**
   * The faults that may happen. Default: `crash`, `handOffLost`, `duplicated`, `stuckStep`, `effectFails` and `coldStart`.
   */
  readonly faults?: readonly (keyof Faults)[];
  /** Faults in one trial at most. Default 2. */
  readonly maxFaults?: number;
  /** Trials at most. Default: any number. */
  readonly maxTrials?: number;
  /** Real time at most, in milliseconds. Default 60,000. */
  readonly maxRealMs?: number;
  /** Decides what is left to chance beside the faults: how long things take. Default 0. */
  readonly seed?: number;
  /** Makes one trial only, with these faults: `replay` of a {@link RefutedError}. `""`: none. */
  readonly replay?: string;
  /** Called after each trial. */
  readonly onProgress?: (covered: CoveredFaults) => void;
}

/** The trials with one number of faults. */
export interface CoveredFaults {
  /** Faults in each of them. */
  readonly faults: number;
  /** Trials that were made. */
  readonly trials: number;
  /** All trials with so many faults; grows while they are made, since a fault may have two ways to go. */
  readonly of: number;
}

/** The result of {@link verify}: nothing was refuted. */
export interface Verified {
  /** The trials by their number of faults, from 0. */
  readonly covered: readonly CoveredFaults[];
  /** Whether every trial with at most `maxFaults` faults was made. */
  readonly isWhole: boolean;
}

/**
 * Gives {@link VerifyOptions} their types, for the file that `longhaul verify` reads.
 *
 * @example
 * ```ts
 * export default defineVerification({
 *   event: { upTo: 3 },
 *   handler: (world) => createHandler(world),
 *   invariant: ({ effects }) => assert.equal(effects.values.size, 3),
 * });
 * ```
 */
export function defineVerification<Services = undefined>(options: VerifyOptions<Services>): VerifyOptions<Services> {
  return options;
}
