import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** The words that may be typed behind `longhaul`, by its own definition of verbs. */
export interface CommandLine {
  readonly verbs: readonly TypedVerb[];
  /** Options without a verb, such as `--version`. */
  readonly options: readonly TypedOption[];
}

/** A verb that may be typed. */
export interface TypedVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly TypedOption[];
  /** The only values that its first argument may have; empty if it may be anything. */
  readonly choices: readonly string[];
}

/** An option that may be typed. */
export interface TypedOption {
  /** Such as `-i` and `--input`. */
  readonly flags: readonly string[];
  readonly summary: string;
  readonly takesValue: boolean;
  /** The only values that it may have; empty if it may be any. */
  readonly choices: readonly string[];
}

/** Reads the definition of a program: all that its help shows. */
export function commandLineOf(program: CommandUnknownOpts): CommandLine {
  const help = program.createHelp();
  const optionsOf = (command: CommandUnknownOpts): readonly TypedOption[] =>
    help.visibleOptions(command).map(({ short, long, description, required, argChoices = [] }) => ({
      flags: [short, long].filter((flag) => flag !== undefined),
      summary: firstSentence(description),
      takesValue: required,
      choices: argChoices,
    }));
  const commands = help.visibleCommands(program);
  const verbs = commands.map((command) => {
    const [argument] = command.registeredArguments;
    // The help of each verb.
    const isHelp = command.name() === "help";
    const choices = isHelp ? commands.map((each) => each.name()) : (argument?.argChoices ?? []);
    return {
      name: command.name(),
      summary: command.summary() || command.description(),
      options: optionsOf(command),
      choices,
    };
  });
  return { verbs, options: optionsOf(program) };
}

function firstSentence(text: string): string {
  return text.replace(/\. .*$/s, ".");
}
