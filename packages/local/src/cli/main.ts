import { endOnBrokenPipe } from "./broken-pipe.ts";
import { type Command, commandHelp, EXIT, parseInvocation, UsageError } from "./command.ts";
import { devCommand } from "./dev.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";

const COMMANDS: readonly Command[] = [devCommand, runCommand, reportCommand];

/** The command's help. */
function help(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  return [
    "longhaul: long work on AWS Lambda, on your laptop",
    "",
    "usage: longhaul VERB [options]",
    "",
    ...COMMANDS.map(({ usage, summary }) => `  longhaul ${usage.padEnd(width)}  ${summary}`),
    "",
    "longhaul VERB --help tells more of each.",
    "",
  ].join("\n");
}

/** Carries out a command line and answers with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endOnBrokenPipe();
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === "--help" || verb === "-h" || verb === "help") {
    process.stdout.write(help());
    return verb === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = COMMANDS.find(({ name }) => name === verb);
  try {
    if (!command)
      throw new UsageError(`There is no verb "${verb}". Known: ${COMMANDS.map(({ name }) => name).join(", ")}.`);
    const invocation = parseInvocation(command, rest);
    if (invocation.options.help) {
      process.stdout.write(commandHelp(command));
      return EXIT.ok;
    }
    return await command.run(invocation);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`longhaul: ${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) process.stderr.write(`See: longhaul ${command ? `${command.name} ` : ""}--help\n`);
    else if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return isUsage ? EXIT.usage : EXIT.runFailed;
  }
}
