import { ConfigError } from "@longhaul/core";

/** @throws ConfigError naming the option, if it is not a whole number in the range. */
export function checkWholeNumber(of: string, name: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? "above 0" : `from 1 to ${most}`;
  throw new ConfigError(`${of}: ${name} must be a whole number ${range}, not ${value}.`);
}
