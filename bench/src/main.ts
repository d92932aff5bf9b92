import { parseArgs } from "node:util";
import type { Bench, Finding } from "./finding.ts";
import { format } from "./finding.ts";
import { machine } from "./machine.ts";
import { saveResult } from "./results.ts";
import { writeFigures } from "./write-figures.ts";

/** By name, in the order in which they run. Loaded one by one, so that none runs beside another's code. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  "safe-point": async () => (await import("./safe-point.ts")).safePoint,
  splitter: async () => (await import("./splitter.ts")).splitter,
  "record-formats": async () => (await import("./record-formats.ts")).recordFormats,
  "granted-time": async () => (await import("./granted-time.ts")).grantedTime,
  "import-size": async () => (await import("./import-size.ts")).importSize,
  "cold-start": async () => (await import("./cold-start.ts")).coldStart,
  "self-invoke": async () => (await import("./self-invoke.ts")).selfInvoke,
  "local-start": async () => (await import("./local-start.ts")).localStart,
  "s3-batch-memory": async () => (await import("./s3-batch-memory.ts")).s3BatchMemory,
  "s3-batch-speed": async () => (await import("./s3-batch-speed.ts")).s3BatchSpeed,
  walk: async () => (await import("./walk.ts")).walk,
  "walk-fleet": async () => (await import("./walk-fleet.ts")).walkFleet,
  "sqs-file": async () => (await import("./sqs-file.ts")).sqsFile,
  durable: async () => (await import("./durable.ts")).durable,
  cost: async () => (await import("./cost.ts")).cost,
  "run-table": async () => (await import("./run-table.ts")).runTable,
  sqs: async () => (await import("./sqs.ts")).sqs,
  "queue-loops": async () => (await import("./queue-loops.ts")).queueLoops,
};

const USAGE = `usage: npm run bench -- [NAME ...] [--rounds N] [--mb N] [--files N] [--json] [--save]
names: ${Object.keys(BENCHES).join(", ")}

--rounds N  measured rounds of each subject (defaults differ)
--mb N      size of the input of splitter (default 220) and s3-batch-speed (default 100) in MB
--files N   files of sqs-file's input (default 100; 1,000 take about five minutes a round)
--json      one JSON object at the end, with all rounds, and nothing else
--save      keeps each result in bench/results.json as soon as it is there, for the page of the documentation, and
            writes the figures in READMEs anew, as npm run figures does
A missed bar does not change the exit code: on a busy machine bars are missed.
`;

const { positionals, values } = parse();
if (values.help || positionals.some((name) => !(name in BENCHES))) {
  (values.help ? process.stdout : process.stderr).write(USAGE);
  process.exit(values.help ? 0 : 2);
}
const on = machine();
const say = (text: string) => {
  if (!values.json) process.stdout.write(`${text}\n`);
};
const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`);
say(`Node ${on.node}, ${on.processors}, ${on.memoryGb} GB, ${on.system}, load ${on.load}\n${versions.join(", ")}\n`);

const results: Record<string, readonly Finding[]> = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  say(name);
  const before = machine();
  const bench = await BENCHES[name]?.();
  const findings = (await bench?.({ rounds: values.rounds, mb: values.mb, files: values.files })) ?? [];
  results[name] = findings;
  if (values.save) saveResult(name, { machine: before, findings }, Object.keys(BENCHES));
  for (const finding of findings) say(format(finding));
  say("");
}
if (values.save) for (const page of writeFigures()) say(`Figures written anew: ${page}`);
const missed = Object.values(results)
  .flat()
  .filter(({ isMet }) => isMet === false);
if (values.json) process.stdout.write(`${JSON.stringify({ machine: on, results })}\n`);
else say(missed.length === 0 ? "All bars are met." : `Missed: ${missed.map(({ what }) => what).join("; ")}`);

function parse() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      mb: { type: "string" },
      files: { type: "string" },
      json: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const numbers = {
    rounds: count("rounds", values.rounds),
    mb: count("mb", values.mb),
    files: count("files", values.files),
  };
  return { positionals, values: { ...values, ...numbers } };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${name} must be a whole number above 0, not ${JSON.stringify(text)}.\n`);
  process.exit(2);
}
