/**
 * The `longhaul` command as a function.
 *
 * @packageDocumentation
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "@commander-js/extra-typings";
import { endOnBrokenPipe } from "./broken-pipe.ts";
import { errorPage } from "./error-page.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { VERBS } from "./verbs.ts";

/** Help is no wider than this, in columns. */
const MAX_HELP_COLUMNS = 80;

/** Codes of errors that lie in the command line or in the app's folder, not in a run. */
const USAGE_CODES: ReadonlySet<string> = new Set(["USAGE", "AppStack"]);

/**
 * Carries out a command line, without the program's name, and answers with the exit code.
 *
 * @example
 * ```ts
 * process.exitCode = await main(["run", "my-app", "--json"]);
 * ```
 */
export async function main(argv: readonly string[]): Promise<number> {
  endOnBrokenPipe();
  let exitCode: ExitCode = EXIT.ok;
  const program = longhaul((code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) {
      process.stdout.write(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version end so, too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return tell(error, argv);
  }
}

function longhaul(end: (code: ExitCode) => void): Command {
  const columns = (stream: NodeJS.WriteStream) => Math.min(stream.columns ?? MAX_HELP_COLUMNS, MAX_HELP_COLUMNS);
  const program = new Command("longhaul")
    .description("Long work on AWS Lambda, run and watched on your laptop.")
    .version(version(), "-V, --version", "Show the version.")
    .helpOption("-h, --help", "Show this help.")
    .helpCommand("help [verb]", "Show the help of a verb.")
    .exitOverride()
    .configureOutput({
      // Errors are thrown, and told in one place.
      outputError: () => {},
      getOutHelpWidth: () => columns(process.stdout),
      getErrHelpWidth: () => columns(process.stderr),
    })
    .addHelpText(
      "after",
      "\nExample:\n  longhaul run my-app --input data.ndjson\n\nlonghaul VERB --help tells more of each.",
    );
  for (const verb of VERBS) program.addCommand(verb(end).copyInheritedSettings(program));
  return program;
}

/** Tells what went wrong, for people and with `--json` for programs, and answers with the exit code. */
function tell(error: unknown, argv: readonly string[]): number {
  const isUsage = error instanceof CommanderError || USAGE_CODES.has(codeOf(error));
  const text = error instanceof Error ? error.message : String(error);
  const message = error instanceof CommanderError ? text.replace(/^error: /, "") : text;
  const code = error instanceof CommanderError ? "USAGE" : codeOf(error);
  const helpUrl = code === "USAGE" ? errorPage(code) : helpUrlOf(error);
  if (argv.includes("--json")) process.stdout.write(`${JSON.stringify({ error: { code, message, helpUrl } })}\n`);
  process.stderr.write(`longhaul: ${message}\n`);
  if (isUsage) {
    const verb = VERBS.map((make) => make(() => {}).name()).find((name) => name === argv[0]);
    process.stderr.write(`See: longhaul ${verb === undefined ? "" : `${verb} `}--help\n`);
  } else {
    if (helpUrl !== undefined) process.stderr.write(`See: ${helpUrl}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
  if (isUsage) return EXIT.usage;
  return code === "LOCAL_MISSING" ? EXIT.localMissing : EXIT.runFailed;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "ERROR";
}

/** The page of an error, if it is one of ours. By its property: the packages' errors have no base in common. */
function helpUrlOf(error: unknown): string | undefined {
  return error instanceof Error && "helpUrl" in error && typeof error.helpUrl === "string" ? error.helpUrl : undefined;
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
