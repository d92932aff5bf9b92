import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

/** The options of the command line. */
export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly apps: readonly string[];
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly bug: string | undefined;
  readonly isHelp: boolean;
}

/** A command line that cannot be meant. */
export class OptionError extends Error {}

/**
 * Reads the command line.
 *
 * @throws {@link OptionError}
 */
export function optionsFrom(
  args: readonly string[],
  known: { apps: readonly string[]; bugs: readonly string[] },
): Options {
  const { values } = parsed(args);
  const number = (name: "seed" | "minutes", fallback: number, isGood: (value: number) => boolean) => {
    const text = values[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() !== "" && isGood(value)) return value;
    throw new OptionError(`--${name} cannot be ${JSON.stringify(text)}.`);
  };
  for (const app of values.app) if (!known.apps.includes(app)) throw unknown("--app", app, known.apps);
  if (values.bug !== undefined && !known.bugs.includes(values.bug)) throw unknown("--bug", values.bug, known.bugs);
  return {
    seed: number("seed", randomInt(1, 1_000_000), (value) => Number.isSafeInteger(value) && value >= 0),
    minutes: number("minutes", 5, (value) => value > 0 && value <= 24 * 60),
    apps: values.app.length > 0 ? known.apps.filter((app) => values.app.includes(app)) : known.apps,
    isJson: values.json,
    isQuiet: values["no-faults"],
    bug: values.bug,
    isHelp: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        minutes: { type: "string" },
        app: { type: "string", multiple: true, default: [] },
        bug: { type: "string" },
        "no-faults": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function unknown(option: string, value: string, known: readonly string[]): OptionError {
  return new OptionError(`${option} cannot be ${JSON.stringify(value)}. Known: ${known.join(", ")}.`);
}
