import { ConfigError } from "./errors.ts";

/** A setting that cannot be used. */
export interface SettingIssue {
  /** The setting, as its reader finds it: `The environment variable BATCH_SIZE`. */
  readonly setting: string;
  /** The value that was given; `undefined` if none was. */
  readonly value: unknown;
  /** The rule that the value breaks: `must be a whole number above 0`. */
  readonly rule: string;
  /** The default of the setting. Default: it has to be set. */
  readonly fallback?: unknown;
}

/** The most that is shown of a value, in characters. */
const MAX_SHOWN = 100;

/** The error for settings that cannot be used: of each its name, its value, what it must be, and what to do. */
export function settingsError(issues: readonly (SettingIssue | string)[]): ConfigError {
  return new ConfigError(issues.map((issue) => (typeof issue === "string" ? issue : sentence(issue))).join(" "));
}

function sentence({ setting, value, rule, fallback }: SettingIssue): string {
  if (value === undefined) return `${setting} is not set: it ${rule}.`;
  const mend = fallback === undefined || fallback === "" ? "" : `, or leave it out for ${plain(fallback)}`;
  return `${setting} ${rule}, not ${shown(value)}. Correct it${mend}.`;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, MAX_SHOWN);
}

function plain(value: unknown): string {
  return typeof value === "object" ? shown(value) : String(value);
}
