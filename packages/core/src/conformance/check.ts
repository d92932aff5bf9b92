import { isDeepStrictEqual } from "node:util";
import { LonghaulError } from "../errors.ts";

/** A store does not do what it must. */
export class StoreConformanceError extends LonghaulError {
  constructor(what: string, actual: unknown, expected: unknown) {
    super("STORE_CONFORMANCE", `${what}: the store gave ${shown(actual)}, and must give ${shown(expected)}.`);
  }
}

/** @throws {@link StoreConformanceError} unless both are equal. Properties that are `undefined` count as absent. */
export function checkEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(present(actual), present(expected))) throw new StoreConformanceError(what, actual, expected);
}

/** @throws {@link StoreConformanceError} unless each field of `expected` is in `actual`. */
export function checkFields(what: string, actual: object | undefined, expected: object): void {
  const found = Object.fromEntries(
    Object.keys(expected).map((name) => [name, (actual as Record<string, unknown> | undefined)?.[name]]),
  );
  checkEqual(what, actual && found, expected);
}

function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, present(field)]),
  );
}

function shown(value: unknown): string {
  return value === undefined ? "undefined" : JSON.stringify(value);
}
