import type { ExhaustiveCheck } from "../../../../verify/src/exhaustive-check.ts";
import { BOUNDS, type Bounds } from "./bounds.ts";
import { BUGS } from "./bugs.ts";
import { shipped } from "./protocol.ts";
import { search } from "./search.ts";
import { traceSteps } from "./trace-steps.ts";

/** Every interleaving of the invocations of one run over the functions of the lease. */
export const check: ExhaustiveCheck = {
  name: "lease",
  module: import.meta.url,
  invariants: Array.from({ length: 12 }, (_, at) => `V${at + 1}`),
  bounds: BOUNDS.map((bounds) => ({ name: bounds.name, size: bounds.size, limits: limitsOf(bounds) })),
  bugs: BUGS,
  async search(within, bugName, limits) {
    const bug = BUGS.find(({ name }) => name === bugName);
    const bounds = BOUNDS.find(({ name }) => name === within)!;
    const { violation, ...facts } = search(bounds, { ...shipped, ...bug?.functions }, limits);
    if (!violation) return facts;
    const { id: invariant, text } = violation.broken;
    return { ...facts, finding: { invariant, text, trace: traceSteps(violation) } };
  },
};

function limitsOf({ invocations, lastHop, steps, faults, outside }: Bounds): string {
  const requests = Object.entries(outside).map(([each, times]) => (times === 1 ? each : `${times} ${each}`));
  return `${invocations} invocations, ${lastHop + 1} hops, ${steps} steps, ${faults} faults, ${requests.join(", ") || "no requests"}`;
}
