/**
 * The demo: one of the apps over real data on the embedded AWS, under a time limit so short that the run takes a dozen
 * hops. A thin call of the `longhaul` command; see what it runs with --help.
 *
 * usage: npm run demo -- [APP] [--file PATH] [--slow | --full-speed] [--json]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { main } from "../packages/cli/src/main.ts";
import { DEMOS } from "./demos.ts";

const DEFAULT_APP = "s3-batch";
const EXIT_USAGE = 2;
const REPORT = "longhaul-demo.html";

const names = Object.keys(DEMOS);
const width = Math.max(...names.map((name) => name.length));
const USAGE = `Runs one of the apps over real data on an embedded AWS, under a time limit of seconds.

usage: npm run demo -- [APP] [--file PATH] [--slow | --full-speed] [--json]

${names.map((name) => `  ${name.padEnd(width)}  ${DEMOS[name]?.about}${name === DEFAULT_APP ? " The default." : ""}`).join("\n")}

  --file PATH   Your own file or, for bucket-walker, directory, instead. It is not slowed down.
  --full-speed  Do not slow the work down, as is done to our own data so that you can watch.
  --slow        Slow the work on your own file down, too.
  --json        Print one JSON object at the end; all else goes to stderr.

The run is drawn as ${REPORT}.
`;

function refuse(message: string): void {
  process.stderr.write(`demo: ${message}\nSee: npm run demo -- --help\n`);
  process.exitCode = EXIT_USAGE;
}

async function demo(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      file: { type: "string" },
      "full-speed": { type: "boolean" },
      slow: { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const [name = DEFAULT_APP, ...more] = positionals;
  const chosen = DEMOS[name];
  if (chosen === undefined || more.length > 0) {
    return refuse(`There is no app "${positionals.join(" ")}". Known: ${names.join(", ")}.`);
  }
  if (values.slow && values["full-speed"]) return refuse("--slow and --full-speed exclude each other.");
  const say = (text: string) => void (values.json ? process.stderr : process.stdout).write(`${text}\n`);
  if ("show" in chosen) {
    if (values.file !== undefined) return refuse(`${name} takes no file.`);
    if (values["full-speed"]) return refuse(`${name} has no full speed: what it shows takes its time.`);
    if (chosen.slowedBy !== undefined) say(`Slowed down so that you can watch, by ${chosen.slowedBy}.`);
    process.exitCode = await chosen.show({ isJson: values.json === true, htmlFile: REPORT });
    return;
  }
  const isSlowed = values.slow ?? (values.file === undefined && !values["full-speed"]);
  const { options, slowedBy, end } = await chosen.prepare(values.file, isSlowed);
  if (slowedBy !== undefined)
    say(`Slowed down so that you can watch, by ${slowedBy}. As fast as it goes: --full-speed.`);
  try {
    process.exitCode = await main([
      "run",
      fileURLToPath(new URL(`../packages/${name}`, import.meta.url)),
      ...options,
      ...["--html", REPORT],
      ...(values.json ? ["--json"] : []),
    ]);
  } finally {
    await end?.();
  }
}

await demo().catch((error: unknown) => refuse(error instanceof Error ? error.message : String(error)));
