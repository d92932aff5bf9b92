import { ConfigError } from "./errors.ts";

/**
 * Checks an option that is an amount. What is read from the environment is a text, and adding to it would join texts.
 *
 * @throws {@link ConfigError} unless it is a number above 0; `Infinity` passes only if `mayBeInfinite`.
 */
export function assertAmount(name: string, value: unknown, mayBeInfinite = false): void {
  if (typeof value === "number" && value > 0 && (mayBeInfinite || Number.isFinite(value))) return;
  throw new ConfigError(
    `${name} must be a number above 0, not ${typeof value === "number" ? value : JSON.stringify(value)}.`,
  );
}
