import { machineCheck } from "../../../../verify/src/machine-check.ts";
import { BOUNDS } from "./walk-bounds.ts";
import { BUGS } from "./walk-bugs.ts";
import { shipped, walkMachine } from "./walk-machine.ts";

/** Every interleaving of the hops of a walk. */
export const check = machineCheck({
  name: "walks",
  module: import.meta.url,
  invariants: ["V13", "V14", "V15"],
  bounds: BOUNDS,
  bugs: BUGS,
  shipped,
  machine: walkMachine,
});
