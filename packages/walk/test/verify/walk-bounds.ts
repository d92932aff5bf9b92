import type { NamedBounds } from "../../../../verify/src/exhaustive-check.ts";

/** Bounds of a walk. */
export interface WalkBounds extends NamedBounds {
  /** In order. */
  readonly keys: readonly string[];
  /** Hops that live at once. */
  readonly hops: number;
  readonly faults: number;
  /** Parts at most. */
  readonly parts: number;
}

const KEYS = ["a", "b", "c", "d"];

export const BOUNDS: readonly WalkBounds[] = [
  within("two keys and a fault", "small", { keys: 2, parts: 2, hops: 2, faults: 1 }),
  within("one hop at a time", "small", { keys: 2, parts: 2, hops: 1, faults: 1 }),
  within("three parts", "small", { keys: 3, parts: 3, hops: 2, faults: 0 }),
  within("two keys and two faults", "large", { keys: 2, parts: 2, hops: 2, faults: 2 }),
  within("three hops at once", "large", { keys: 3, parts: 3, hops: 3, faults: 0 }),
  within("three keys and two faults", "large", { keys: 3, parts: 2, hops: 2, faults: 2 }),
  within("three parts and a fault", "huge", { keys: 3, parts: 3, hops: 2, faults: 1 }),
];

function within(
  name: string,
  size: NamedBounds["size"],
  { keys, ...counts }: Readonly<Record<"keys" | "parts" | "hops" | "faults", number>>,
): WalkBounds {
  const { parts, hops, faults } = counts;
  const limits = `${keys} keys, ${parts} parts, ${hops} hops at once, ${faults} faults`;
  return { name, size, limits, keys: KEYS.slice(0, keys), ...counts };
}
