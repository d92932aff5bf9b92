import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import type { ExitCode } from "./exit-code.ts";

/** A verb of the command: one file that exports it, and one line in `verbs.ts`. */
export type Verb = (
  /** Takes the exit code when the verb has ended. */
  end: (code: ExitCode) => void,
) => CommandUnknownOpts;

/** The texts of a verb's help. */
export interface VerbTexts {
  /** One line for the list of verbs. */
  readonly summary: string;
  /** A description of the verb. It is wrapped to 80 columns. Default: the summary. */
  readonly description?: string;
  /** At least one command line that works. */
  readonly examples: readonly [string, ...string[]];
  /** Exit codes of this verb besides the common ones, as `4 the reason`. Default: none. */
  readonly exitCodes?: readonly string[];
}

const EXIT_CODES = [
  "0  it went well",
  "1  it did not: the run failed, was stopped, or its check did not hold",
  "2  the command line cannot be carried out",
  "3  @longhaul/local is not installed, which dev, run and iam need",
  "130  interrupted",
  "141  its output was not read to the end, as with | head",
] as const;

/** Begins a verb: what follows are its arguments, options and action. */
export function verb(name: string, { summary, description = summary, examples, exitCodes = [] }: VerbTexts): Command {
  const list = (heading: string, lines: readonly string[]) => [heading, ...lines.map((line) => `  ${line}`), ""];
  const after = ["", ...list(examples.length === 1 ? "Example:" : "Examples:", examples)];
  return new Command(name)
    .summary(summary)
    .description(description)
    .addHelpText("after", [...after, ...list("Exit codes:", [...EXIT_CODES, ...exitCodes])].join("\n").trimEnd());
}

/** Reads the value of an option as a number above 0. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

/** Reads the value of an option as a whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0.");
  return Number(text);
}

/** Reads a value of a repeatable option as `NAME=VALUE`, and adds it to those before it. */
export function namedValue(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
