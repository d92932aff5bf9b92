import fc from "fast-check";

/**
 * How often a model is compared with its service. `LONGHAUL_MODEL_RUNS=50` makes fifty times as many runs, and
 * `LONGHAUL_SEED` repeats those of a seed that a failure printed.
 *
 * @param runs - runs in `npm test`.
 */
function modelRuns(runs: number): { readonly numRuns: number; readonly seed?: number } {
  const times = Number(process.env.LONGHAUL_MODEL_RUNS ?? 1);
  const seed = process.env.LONGHAUL_SEED;
  return { numRuns: Math.ceil(runs * times), ...(seed !== undefined && { seed: Number(seed) }) };
}

/** One thing that clients do: to the service, and to the model of it, whose answers must agree. */
export function step<Model extends object, Real>(
  name: string,
  run: (model: Model, real: Real) => void | Promise<void>,
): fc.AsyncCommand<Model, Real> {
  return { check: () => true, run: async (model, real) => run(model, real), toString: () => name };
}

/**
 * Compares a service with its model over random steps.
 *
 * @throws with the seed and the fewest steps after which they differ.
 */
export async function compareWithModel<Model extends object, Real>(
  steps: readonly fc.Arbitrary<fc.AsyncCommand<Model, Real>>[],
  setUp: () => Promise<{ model: Model; real: Real }>,
  runs: number,
): Promise<void> {
  const commands = fc.commands([...steps], { maxCommands: 40, size: "max" });
  await fc.assert(
    fc.asyncProperty(commands, (drawn) => fc.asyncModelRun(setUp, drawn)),
    modelRuns(runs),
  );
}
