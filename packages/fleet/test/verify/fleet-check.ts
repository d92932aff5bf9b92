import { machineCheck } from "../../../../verify/src/machine-check.ts";
import { BOUNDS } from "./fleet-bounds.ts";
import { BUGS } from "./fleet-bugs.ts";
import { fleetMachine, shipped } from "./fleet-machine.ts";

/** Every order of a fleet's requests, and of what their invocations do to its tokens. */
export const check = machineCheck({
  name: "fleets",
  module: import.meta.url,
  invariants: ["V16", "V17", "V18"],
  bounds: BOUNDS,
  bugs: BUGS,
  shipped,
  machine: fleetMachine,
});
