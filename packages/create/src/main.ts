import { readFileSync } from "node:fs";
import { cancel, intro, outro } from "@clack/prompts";
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { ask, CancelledError, type Terminal } from "./ask.ts";
import { type Choices, type GivenChoices, INFRA } from "./choices.ts";
import { fromFlags, withDefaults } from "./complete-choices.ts";
import { type CreatedApp, create } from "./create.ts";
import { errorPage } from "./error-page.ts";
import {
  DataFileError,
  FlagMissingError,
  FolderLinkError,
  FolderNameError,
  FolderNotEmptyError,
  PackageNameError,
} from "./errors.ts";
import { type Install, npmInstall } from "./install.ts";
import { dataOf, TEMPLATE_NAMES, TEMPLATES } from "./templates.ts";

/** The surroundings of the command. */
export interface Surroundings {
  readonly workingDirectory: string;
  /** Default: none, so that nothing is asked. */
  readonly terminal?: Terminal | undefined;
  readonly install: Install;
  out(text: string): void;
  err(text: string): void;
}

const EXIT = { ok: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** Help is no wider than this, in columns. */
const MAX_HELP_COLUMNS = 80;

const USAGE_ERRORS = [
  CommanderError,
  DataFileError,
  FlagMissingError,
  FolderLinkError,
  FolderNameError,
  FolderNotEmptyError,
  PackageNameError,
] as const;

/** Carries out a command line, without the program's name, and answers with the exit code. */
export async function main(argv: readonly string[], around: Surroundings = ofProcess()): Promise<number> {
  let isJson = argv.includes("--json");
  try {
    const { given, yes, json } = parse(argv, around);
    isJson = json;
    const terminal = yes || json ? undefined : around.terminal;
    if (terminal) intro("create-longhaul", terminal);
    const choices = yes
      ? withDefaults(given)
      : terminal
        ? await ask(given, terminal, around.workingDirectory)
        : fromFlags(given);
    refuseDataOfNone(choices);
    if (terminal) outro("Creating.", terminal);
    const app = await create(choices, around.workingDirectory, version());
    if (choices.install) await around.install(app.folder);
    around.out(isJson ? `${JSON.stringify({ ...app, ...chosen(choices) })}\n` : told(app, choices));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (error instanceof CancelledError) {
      if (around.terminal) cancel("Nothing was created.", around.terminal);
      return EXIT.cancelled;
    }
    return tell(error, isJson, around);
  }
}

function ofProcess(): Surroundings {
  const { stdin, stdout } = process;
  return {
    workingDirectory: process.cwd(),
    terminal: stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined,
    install: npmInstall,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}

interface ParsedLine {
  readonly given: GivenChoices;
  readonly yes: boolean;
  readonly json: boolean;
}

function parse(argv: readonly string[], around: Surroundings): ParsedLine {
  const columns = Math.min(process.stdout.columns ?? MAX_HELP_COLUMNS, MAX_HELP_COLUMNS);
  const command = new Command("create-longhaul")
    .description(
      "Makes an app for long work on AWS Lambda. Asks for what no flag says; without a terminal it never asks.",
    )
    .version(version(), "-V, --version", "Show the version.")
    .helpOption("-h, --help", "Show this help.")
    .exitOverride()
    .configureOutput({
      // Errors are thrown, and told in one place.
      outputError: () => {},
      writeOut: (text) => around.out(text),
      getOutHelpWidth: () => columns,
    })
    .argument("[folder]", "The folder to make.")
    .addOption(new Option("-t, --template <name>", "The app to begin with.").choices(TEMPLATE_NAMES))
    .addOption(new Option("-i, --infra <kind>", "A CDK stack, or only a CloudFormation template.").choices(INFRA))
    .addOption(new Option("--sample", "Run the demo over the sample data.").conflicts("data"))
    .option("-d, --data <file>", "Run the demo over this file. It is copied.")
    .option("--install", "Run npm install.")
    .option("--no-install", "Do not run it.")
    .option("-n, --name <package>", "Name of the package. Default: made from the folder's.")
    .option("-f, --force", "Write into a folder that is not empty; replace files of the same name.")
    .option("-y, --yes", "Take the defaults for what no flag says.")
    .option("--json", "Print one JSON object, and never ask. npm prints to stderr.")
    .addHelpText("after", HELP);
  command.parse(argv, { from: "user" });
  const [folder] = command.processedArgs;
  const { template, infra, sample, data, name, force, yes, json } = command.opts();
  // Commander gives `--no-install` a default of true.
  const install = command.getOptionValueSource("install") === "cli" ? command.opts().install : undefined;
  return {
    given: {
      force: force === true,
      ...(folder !== undefined && { folder }),
      ...(name !== undefined && { name }),
      ...(template !== undefined && { template }),
      ...(infra !== undefined && { infra }),
      ...((data !== undefined || sample) && { data: { file: data } }),
      ...(install !== undefined && { install }),
    },
    yes: yes === true,
    json: json === true,
  };
}

const HELP = `
Templates:
${TEMPLATE_NAMES.map((name) => `  ${name.padEnd(14)} ${TEMPLATES[name].summary}`).join("\n")}

Examples:
  npm create longhaul
  npm create longhaul my-app -- --yes
  npm create longhaul my-app -- --template s3-batch --infra cdk \\
    --data mine.csv --install --json

Exit codes:
  0    the app was made
  1    it was made, but npm install failed
  2    the command line cannot be carried out; nothing was written
  130  the questions were ended; nothing was written`;

function refuseDataOfNone({ template, data }: Choices): void {
  if (data === undefined || dataOf(template).kind !== "none") return;
  throw new DataFileError(data, `the template ${template} takes no data; an event starts it.`);
}

function chosen({ template, infra, data, install }: Choices): object {
  return { template, infra, data: data ?? null, installed: install };
}

function told(app: CreatedApp, { template }: Choices): string {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}\n`).join("");
  return [
    `Created ${app.name} from the template ${template}: ${app.files.length} files in ${app.folder}\n\n`,
    `The same again:\n${indented([app.again])}\n`,
    `Next:\n${indented(app.next)}`,
  ].join("");
}

/** Tells what went wrong, for people and with `--json` for programs, and answers with the exit code. */
function tell(error: unknown, isJson: boolean, around: Surroundings): number {
  const isUsage = USAGE_ERRORS.some((kind) => error instanceof kind);
  const text = error instanceof Error ? error.message : String(error);
  const message = error instanceof CommanderError ? text.replace(/^error: /, "") : text;
  const ownCode = error instanceof Error && "code" in error ? String(error.code) : "ERROR";
  const code = error instanceof CommanderError ? "USAGE" : ownCode;
  const ownUrl = error instanceof Error && "helpUrl" in error ? String(error.helpUrl) : undefined;
  const helpUrl = error instanceof CommanderError ? errorPage(code) : ownUrl;
  if (isJson) around.out(`${JSON.stringify({ error: { code, message, helpUrl } })}\n`);
  around.err(`create-longhaul: ${message}\n`);
  if (isUsage) around.err("See: npm create longhaul -- --help\n");
  else if (helpUrl !== undefined) around.err(`See: ${helpUrl}\n`);
  return isUsage ? EXIT.usage : EXIT.failed;
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
