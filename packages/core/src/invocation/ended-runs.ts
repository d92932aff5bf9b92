import type { Hop } from "../hop.ts";
import type { InvocationContext } from "../options.ts";

/** Most errors that are kept. */
const MAX_KEPT = 100;

/**
 * Runs without a store that ended by an error that trying again cannot help. Lambda's retries of such an event cannot be
 * prevented; in the same container they fail at once, and repeat no work.
 */
export class EndedRuns {
  readonly #errors = new Map<string, unknown>();

  /** Keeps the error that ended a run. */
  add(hop: Pick<Hop<unknown>, "run" | "number">, context: InvocationContext, error: unknown): void {
    const [oldest] = this.#errors.keys();
    if (this.#errors.size >= MAX_KEPT && oldest !== undefined) this.#errors.delete(oldest);
    this.#errors.set(keyOf(hop, context), error);
  }

  /** @throws the error that ended the run, if this is a retry of the event whose hop it ended in. */
  assertGoesOn(hop: Pick<Hop<unknown>, "run" | "number">, context: InvocationContext): void {
    const key = keyOf(hop, context);
    if (this.#errors.has(key)) throw this.#errors.get(key);
  }
}

function keyOf({ run, number }: Pick<Hop<unknown>, "run" | "number">, context: InvocationContext): string {
  return JSON.stringify([run, number, context.causeId ?? context.awsRequestId]);
}
