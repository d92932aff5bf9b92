import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** Exit codes of the `longhaul` command. */
export const EXIT = {
  ok: 0,
  /** The run ended, but not well: failed, stopped, or its check did not hold. */
  runFailed: 1,
  /** The command line cannot be carried out as it stands. */
  usage: 2,
} as const;

/** Thrown for a command line that cannot be carried out; printed with a pointer to the help. */
export class UsageError extends Error {
  readonly code = "USAGE";
}

/** One option of a verb, for parsing and for help. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** May be given several times; the value is then a list. */
  readonly isRepeatable?: true;
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
}

/** What an option was given as. */
export type OptionValue = string | boolean | readonly string[] | undefined;

/** What a verb is called with. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** One verb of the command. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Answers with the exit code. */
  run(invocation: Invocation): Promise<number>;
}

const HELP: OptionSpec = { type: "boolean", short: "h", help: "Show this help." };

/**
 * Parses a verb's arguments.
 *
 * @throws {@link UsageError} naming the option at fault.
 */
export function parseInvocation(command: Command, argv: readonly string[]): Invocation {
  const options: ParseArgsOptionsConfig = {};
  for (const [name, { type, short, isRepeatable }] of Object.entries({ ...command.options, help: HELP })) {
    options[name] = { type, ...(short && { short }), ...(isRepeatable && { multiple: true }) };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { positionals, options: values as Invocation["options"] };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The help text of one verb. */
export function commandHelp(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, spec]): [string, string] => [
    `${spec.short ? `-${spec.short}, ` : "    "}--${name}${spec.value ? ` ${spec.value}` : ""}`,
    spec.help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `${command.summary}`,
    "",
    `usage: longhaul ${command.usage}`,
    ...(command.details ? ["", command.details] : []),
    "",
    "options:",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    "exit codes: 0 done, 1 the run did not end well, 2 usage; 130 (by the shell) interrupted; 141 its output was not read",
    "",
  ].join("\n");
}

/**
 * A number given on the command line.
 *
 * @throws {@link UsageError} unless it is above 0.
 */
export function positiveNumber(name: string, value: OptionValue): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number))
    throw new UsageError(`--${name} must be a number above 0, not "${value}".`);
  return number;
}
