/**
 * Replays what AWS itself answered against the embedded AWS, and prints how many rows of each service agree.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../../../scripts/command-line.ts";

commandLine(
  "Replays what AWS itself answered, and prints the score. It takes no options.\n\n  npm run test:recorded",
  {},
);

/** A part of Vitest's report as JSON. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** Names of services by the name of their table. */
const SERVICES: Readonly<Record<string, string>> = {
  "event-patterns": "EventBridge patterns",
  "event-sources": "Lambda's event sources",
  events: "EventBridge",
  lambda: "Lambda",
  s3: "S3",
  "s3-notifications": "S3 notifications",
  scheduler: "EventBridge Scheduler",
  sns: "SNS",
  sqs: "SQS",
};
/** The beginning of a row whose answer is known to differ. */
const KNOWN = "but not yet: ";

const directory = mkdtempSync(join(tmpdir(), "longhaul-recorded-"));
const file = join(directory, "report.json");
const vitest = fileURLToPath(import.meta.resolve("vitest/package.json")).replace(/package\.json$/, "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "test/recorded", "--reporter=json", `--outputFile=${file}`],
  { cwd: fileURLToPath(new URL("../..", import.meta.url)), stdio: ["ignore", "ignore", "inherit"] },
);
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
rmSync(directory, { recursive: true });

const rows = report.testResults
  .map(({ name, assertionResults }) => {
    const table = basename(name, ".test.ts");
    const known = assertionResults.filter(({ title }) => title.startsWith(KNOWN)).length;
    const passed = assertionResults.filter((each) => each.status === "passed").length;
    return {
      service: SERVICES[table] ?? table,
      replayed: assertionResults.length,
      agree: passed - known,
      differ: assertionResults.length - passed + known,
    };
  })
  .sort((a, b) => (a.service < b.service ? -1 : 1));
const sum = (of: "replayed" | "agree" | "differ") => rows.reduce((total, row) => total + row[of], 0);
rows.push({ service: "all", replayed: sum("replayed"), agree: sum("agree"), differ: sum("differ") });

console.log(`${"answers of AWS".padEnd(22)}${"replayed".padStart(10)}${"agree".padStart(8)}${"differ".padStart(8)}`);
for (const { service, replayed, agree, differ } of rows) {
  console.log(
    `${service.padEnd(22)}${String(replayed).padStart(10)}${String(agree).padStart(8)}${String(differ).padStart(8)}`,
  );
}
for (const { assertionResults } of report.testResults) {
  for (const { status, title } of assertionResults) {
    if (title.startsWith(KNOWN)) console.log(`differs, known: ${title.slice(KNOWN.length)}`);
    else if (status !== "passed") console.log(`differs: ${title}`);
  }
}
process.exitCode = status ?? 1;
