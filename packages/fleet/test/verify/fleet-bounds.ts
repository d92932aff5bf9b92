import type { NamedBounds } from "../../../../verify/src/exhaustive-check.ts";

/** A request for another size. */
export type SizeRequest = "start 1" | "start 3" | "stop" | "alarm begins" | "alarm ends";

/** Bounds of a fleet. */
export interface FleetBounds extends NamedBounds {
  /** They may arrive in any order. */
  readonly requests: readonly SizeRequest[];
  /** Invocations that die. */
  readonly crashes: number;
}

export const BOUNDS: readonly FleetBounds[] = [
  within("growing", "small", ["start 1", "start 3", "alarm begins"], 1),
  within("stopping", "small", ["start 3", "stop", "start 1"], 1),
  within("growing and shrinking", "large", ["start 1", "start 3", "alarm begins", "alarm ends"], 2),
  within("stopping and growing", "large", ["start 3", "stop", "start 1", "alarm begins"], 1),
];

function within(
  name: string,
  size: NamedBounds["size"],
  requests: readonly SizeRequest[],
  crashes: number,
): FleetBounds {
  return { name, size, limits: `${requests.join(", ")}, ${crashes} crashes`, requests, crashes };
}
