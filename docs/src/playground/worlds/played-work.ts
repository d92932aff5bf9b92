import type { LoadHandler, SimulateOptions } from "@longhaul/core/testing";

/** A function to play, its event, and the services around it. */
export interface PlayedWork extends Partial<Omit<SimulateOptions, "seed">> {
  readonly handler: LoadHandler;
  /** Function instances of functions beside the one that is shown. */
  readonly containersBeside?: ReadonlySet<number>;
}
