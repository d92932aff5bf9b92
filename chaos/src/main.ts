/**
 * The chaos lane: the stacks of all four apps side by side on the embedded AWS, with real processes that are killed, events
 * that are lost and doubled, and calls that fail. What the apps make has to be exact all the same.
 */
import { bucketWalker } from "./apps/bucket-walker.ts";
import { queueLoops } from "./apps/queue-loops.ts";
import { s3Batch } from "./apps/s3-batch.ts";
import { sqsFile } from "./apps/sqs-file.ts";
import { QUIET, RATES } from "./fault-plan.ts";
import { runLane } from "./lane.ts";
import { OptionError, type Options, optionsFrom } from "./options.ts";
import { BUGS, runWithBug } from "./planted-bugs.ts";
import { progressLine, summaryOf } from "./summary.ts";

const APPS = [s3Batch, sqsFile, bucketWalker, queueLoops];
const names = APPS.map(({ name }) => name);
const bugs = BUGS.map(({ name }) => name);
/** A line of progress so often where nothing can be redrawn, in milliseconds. */
const LINE_EVERY_MS = 15_000;
const EXIT = { exact: 0, wrong: 1, usage: 2 } as const;

const USAGE = `Runs the apps' stacks side by side on the embedded AWS, under chaos, and checks that what they make is exact.

  npm run chaos -- [--seed N] [--minutes N] [--app NAME]... [--json] [--no-faults] [--bug NAME]

  --seed       of data and faults (default: by chance; it is printed)
  --minutes    how long it takes in all (default 5), more on a busy machine; work is begun for half of it
  --app        only this one: ${names.join(", ")}
  --json       one JSON object on standard output, all else on standard error
  --no-faults  a quiet day: to see that the lane itself is right
  --bug        plants a bug in a copy of the working tree, and runs there; it has to end with ${EXIT.wrong}:
               ${bugs.join(", ")}

Function instances are killed by SIGKILL, every second event comes twice, every seventh is lost, every fifth Invoke is
throttled, and some calls to S3, DynamoDB and SQS are throttled, broken off or never answered.

Ends with ${EXIT.exact} if all is exact and no dead letter is of good work, else with ${EXIT.wrong}.
`;

async function chaos(options: Options): Promise<number> {
  const output = options.isJson ? process.stderr : process.stdout;
  const say = (line: string) => void output.write(`${line}\n`);
  if (options.bug !== undefined) return runWithBug(options.bug, process.argv.slice(2), say);
  say(`seed ${options.seed}`);
  const isLive = output.isTTY === true;
  let nextLineMs = 0;
  const report = await runLane({
    apps: APPS.filter(({ name }) => options.apps.includes(name)),
    seed: options.seed,
    durationMs: options.minutes * 60_000,
    rates: options.isQuiet ? QUIET : RATES,
    onStage: say,
    onProgress(progress, elapsedMs) {
      if (isLive) return void output.write(`\r\x1b[2K${progressLine(progress, elapsedMs)}`);
      if (elapsedMs < nextLineMs) return;
      nextLineMs = elapsedMs + LINE_EVERY_MS;
      say(progressLine(progress, elapsedMs));
    },
  });
  if (isLive) say("");
  for (const line of ["", ...summaryOf(report)]) say(line);
  if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.isExact ? EXIT.exact : EXIT.wrong;
}

try {
  const options = optionsFrom(process.argv.slice(2), { apps: names, bugs });
  if (options.isHelp) process.stdout.write(USAGE);
  else process.exitCode = await chaos(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  process.stderr.write(`chaos: ${error.message}\nSee: npm run chaos -- --help\n`);
  process.exitCode = EXIT.usage;
}
