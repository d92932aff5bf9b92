/**
 * Replays what AWS itself answered against the embedded AWS, and prints how many rows of each service agree.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../../../scripts/command-line.ts";

const usage = `Replays what AWS itself answered, and prints the score.

  npm run test:recorded
  npm run test:recorded -- --peers   # the rows that need no function, on fauxqs and dynalite beside the embedded AWS

npm run test:peers brings moto and ElasticMQ, and compares them, too.`;
const { values } = commandLine(usage, { options: { peers: { type: "boolean" } } });

/** A part of Vitest's report as JSON. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** Names of services by the name of their table. */
const SERVICES: Readonly<Record<string, string>> = {
  cloudwatch: "CloudWatch",
  dynamodb: "DynamoDB",
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
/** The beginning of a row that is refused by name. */
const REFUSED = /^refused by name \((.+?)\): /;

const directory = mkdtempSync(join(tmpdir(), "longhaul-recorded-"));
const file = join(directory, "report.json");
const local = fileURLToPath(new URL("../..", import.meta.url));
const vitest = fileURLToPath(import.meta.resolve("vitest/package.json")).replace(/package\.json$/, "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "test/recorded", "--reporter=json", `--outputFile=${file}`],
  { cwd: local, stdio: ["ignore", "ignore", "inherit"] },
);
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
rmSync(directory, { recursive: true });

const COLUMNS = ["replayed", "agree", "refused", "differ"] as const;
type Score = Record<(typeof COLUMNS)[number], number>;
const scores = new Map<string, Score>();
for (const { name, assertionResults } of report.testResults) {
  const table = basename(name, ".test.ts");
  for (const { status, title } of assertionResults) {
    const refused = REFUSED.exec(title)?.[1];
    const service = refused ?? SERVICES[table] ?? table;
    const score = scores.get(service) ?? { replayed: 0, agree: 0, refused: 0, differ: 0 };
    scores.set(service, score);
    score.replayed += 1;
    if (status !== "passed" || title.startsWith(KNOWN)) score.differ += 1;
    else if (refused !== undefined) score.refused += 1;
    else score.agree += 1;
  }
}
const rows = [...scores].sort(([a], [b]) => (a < b ? -1 : 1));
const total = (of: keyof Score) => rows.reduce((sum, [, score]) => sum + score[of], 0);
const all = { replayed: total("replayed"), agree: total("agree"), refused: total("refused"), differ: total("differ") };

console.log(`${"answers of AWS".padEnd(24)}${COLUMNS.map((column) => column.padStart(10)).join("")}`);
for (const [service, score] of [...rows, ["all", all] as const]) {
  console.log(`${service.padEnd(24)}${COLUMNS.map((column) => String(score[column]).padStart(10)).join("")}`);
}
for (const { assertionResults } of report.testResults) {
  for (const { status, title } of assertionResults) {
    if (title.startsWith(KNOWN)) console.log(`differs, known: ${title.slice(KNOWN.length)}`);
    else if (status !== "passed") console.log(`differs: ${title}`);
  }
}
process.exitCode = status ?? 1;

if (values.peers) {
  const args = ["--config", "test/peers/vitest.config.ts", "test/peers/recorded-answers.peer.ts"];
  const peers = spawnSync(process.execPath, [vitest, "run", ...args], {
    cwd: local,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode ||= peers.status ?? 1;
}
