import { fleetSettings, pollingFleet } from "@longhaul/fleet";
import { processors } from "./work.ts";

/** One Lambda function for each; `loop` runs the loops. */
export const { loop, start, stop, scaleUp, scaleDown, restart } = pollingFleet({
  processors,
  ...fleetSettings(process.env),
});
