import type { Measure } from "./sizes.ts";

/** Figures above their limits, as they were when somebody looked last. They may only fall. */
export type Ratchet = Readonly<Record<string, number>>;

/** Measures that are above what they may be. */
export function tooHigh(measures: readonly Measure[], ratchet: Ratchet): Measure[] {
  return measures.flatMap(({ name, value, limit }) => {
    const allowed = Math.max(limit, ratchet[name] ?? 0);
    return value > allowed ? [{ name, value, limit: allowed }] : [];
  });
}

/** Whether some figure has fallen, so that the ratchet can follow. */
export function canTighten(measures: readonly Measure[], ratchet: Ratchet): boolean {
  return JSON.stringify(tightened(measures, ratchet)) !== JSON.stringify(ratchet);
}

/** The ratchet after a look: figures that fell are lowered, those at their limit and those of nothing are left out. */
export function tightened(measures: readonly Measure[], ratchet: Ratchet): Ratchet {
  const byName = new Map(measures.map((measure) => [measure.name, measure]));
  return Object.fromEntries(
    Object.entries(ratchet).flatMap(([name, allowed]) => {
      const measure = byName.get(name);
      return measure && measure.value > measure.limit ? [[name, Math.min(allowed, measure.value)]] : [];
    }),
  );
}

/** The ratchet with figures that have none yet, for a package that is new. */
export function admitted(measures: readonly Measure[], ratchet: Ratchet): Ratchet {
  const added = measures.filter(({ name, value, limit }) => ratchet[name] === undefined && value > limit);
  return Object.fromEntries(
    [...Object.entries(ratchet), ...added.map(({ name, value }) => [name, value] as const)].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  );
}
