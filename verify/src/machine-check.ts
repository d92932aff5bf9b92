import type { DeliberateBug, ExhaustiveCheck, Finding, NamedBounds } from "./exhaustive-check.ts";
import { type Explored, explore, type Machine } from "./explore.ts";

/** A deliberate bug of a machine: some of its functions in place of the shipped ones. */
export interface MachineBug<Functions> extends DeliberateBug {
  readonly functions: Partial<Functions>;
}

/** A machine to check, its bounds and its bugs. */
export interface MachineToCheck<State extends object, Bounds extends NamedBounds, Functions>
  extends Pick<ExhaustiveCheck, "name" | "module" | "invariants"> {
  readonly bounds: readonly Bounds[];
  readonly bugs: readonly MachineBug<Functions>[];
  readonly shipped: Functions;
  readonly machine: (functions: Functions, bounds: Bounds) => Machine<State>;
}

/** The check of a machine. */
export function machineCheck<State extends object, Bounds extends NamedBounds, Functions>(
  given: MachineToCheck<State, Bounds, Functions>,
): ExhaustiveCheck {
  const { name, module, invariants, bounds, bugs, shipped, machine } = given;
  return {
    ...{ name, module, invariants, bounds, bugs },
    async search(within, bugName, limits) {
      const beganMs = Date.now();
      const bug = bugs.find((each) => each.name === bugName);
      const chosen = bounds.find((each) => each.name === within)!;
      const { finding, ...facts } = await explore(machine({ ...shipped, ...bug?.functions }, chosen), limits);
      return { ...facts, seconds: (Date.now() - beganMs) / 1_000, ...(finding && { finding: findingOf(finding) }) };
    },
  };
}

function findingOf({ broken, trace }: NonNullable<Explored["finding"]>): Finding {
  const [, invariant = "", text = ""] = /^(\w+): (.*)$/s.exec(broken) ?? [];
  return { invariant, text, trace: trace.map(({ what, isFault = false }) => ({ what, isFault })) };
}
