/**
 * An event whose run has learned, as hops tell each other in the envelope, that steps and hand-offs take for ever. A hop's
 * first step runs all the same, and there is never time for a second: the run takes a hop for each batch and one to finish,
 * however fast or busy the machine is.
 */
export function withOneStepHops(event: object, run: string): object {
  const forEver = { mean: 1e30, dev: 0, peak: 1e30 };
  const stats = { budget: { step: forEver, handOff: forEver } };
  return { ...event, longhaul: { v: 1, run, hop: 0, startedAt: Date.now(), stats } };
}

/** `count` records as NDJSON. */
export function ndjson(count: number): string {
  return Array.from({ length: count }, (_, id) => `${JSON.stringify({ id, name: `record ${id} ✓` })}\n`).join("");
}
