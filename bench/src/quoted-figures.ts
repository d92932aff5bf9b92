import type { Results } from "./results.ts";

/** A figure that pages quote: made from the saved result of one bench, which repeats it. */
export interface QuotedFigure {
  readonly bench: string;
  /** Writes it; `values` are all values of a name in the bench's findings. */
  readonly text: (values: (name: string) => readonly number[]) => string;
}

/** A row of the README's table. */
interface Row extends QuotedFigure {
  readonly what: string;
}

/** The name of the table of measurements, which has a row for each bench that has a result. */
export const TABLE = "measured";

const ROWS: readonly Row[] = [
  {
    what: "a safe point (one `yield`)",
    bench: "safe-point",
    text: (values) =>
      `${whole(values("aboveBareNs"))} ns above a bare loop, ${whole(values("aboveBareWithStoreNs"))} ns with a store`,
  },
  {
    what: "time granted that goes into work, in hops of 60 s, by how the durations of steps are spread",
    bench: "granted-time",
    text: (values) => `${range(values("keptPercentAt60s"), 1)} %; ${sum(values("timeouts"))} timeout`,
  },
  {
    what: "`recursive()`, bundled without the SDK",
    bench: "import-size",
    text: (values) =>
      `${range(values("gzipKb"), 1)} kB gzip; AWS's durable functions SDK with its client ${whole(values("durableGzipKb"))} kB`,
  },
  {
    what: "splitting lines",
    bench: "splitter",
    text: (values) => `${range(values("timesReadline"), 1)} times as fast as \`node:readline\``,
  },
  {
    what: "a cold start of an app's function, on the embedded Lambda",
    bench: "cold-start",
    text: (values) =>
      `${range(values("timesEmptyHandler"), 1)} times an empty handler's; ${range(values("gzipKb"), 0)} kB gzip with the SDK's clients`,
  },
  {
    what: "a hop on the embedded Lambda",
    bench: "self-invoke",
    text: (values) => `${range(values("recursiveHopMs"), 1)} ms`,
  },
  {
    what: "the embedded AWS, from nothing to its first answer",
    bench: "local-start",
    text: (values) => `${whole(values("startMs"))} ms`,
  },
  {
    what: "listing a bucket of 1,000,000 keys at 50 ms a request, by the shape of the keys",
    bench: "walk",
    text: (values) =>
      `${range(values("timesFloor"), 2)} times pages x latency / concurrency, ${range(values("timesPaginator"), 0)} times as fast as the SDK's paginator, ${range(values("requestsPerPage"), 2)} requests a page; ${range(values("processorUsPerKey"), 1)} µs of processor time a key instead of ${range(values("paginatorProcessorUsPerKey"), 0)}`,
  },
  {
    what: "a walk of 100,000,000 keys by a fleet of hops, on a laptop",
    bench: "walk-fleet",
    text: (values) =>
      `${whole(values("keysPerSecondOf100Million"))} keys/s in ${whole(values("invocations"))} invocations; four hops at a time ${range(values("timesOneHop"), 1)} times the keys/s of one`,
  },
  {
    what: "s3-batch",
    bench: "s3-batch-speed",
    text: (values) =>
      `${range(values("timesScript"), 2)} times the records/s of the script that one would write: ${whole(values("recordsPerSecond"))}`,
  },
  {
    what: "memory of s3-batch",
    bench: "s3-batch-memory",
    text: (values) =>
      `${range(values("largePeakMb"), 0)} MB at most for 1 GB, ${range(values("smallPeakMb"), 0)} MB for 100 MB`,
  },
  {
    what: "saving the position after each item",
    bench: "durable",
    text: (values) =>
      `${range(values("msPerSavedItem"), 1)} ms by \`recursive()\` on the embedded DynamoDB; ${range(values("msPerDurableStep"), 1)} ms by a step of AWS's durable functions SDK in its local runner, which keeps it in memory`,
  },
  {
    what: "the list price of a million items of 1 ms to 5 s, by `npx longhaul cost`",
    bench: "cost",
    text: (values) => `${range(values("timesCheapest"), 2)} times the cheapest way`,
  },
  {
    what: "sqs-file, files of 1,000 records from queue to table",
    bench: "sqs-file",
    text: (values) => `${range(values("percentOfLoop"), 0)} % of the records/s of a plain loop`,
  },
  {
    what: "queue-loops, one loop and eight",
    bench: "queue-loops",
    text: (values) => `${range(values("percentOfPlainLoops"), 0)} % of the messages/s of plain loops`,
  },
  {
    what: "the embedded SQS",
    bench: "sqs",
    text: (values) => `${range(values("timesFauxqs"), 2)} times the messages/s of fauxqs`,
  },
];

/** Figures that pages quote in their text, by name. */
const IN_TEXT: Readonly<Record<string, QuotedFigure>> = {
  "splitter.timesReadline": {
    bench: "splitter",
    text: (values) => `${range(values("timesReadline"), 1)} times as fast as \`node:readline\``,
  },
  "walk.requestsPerPage": { bench: "walk", text: (values) => most(values("requestsPerPage"), 2) },
  "walk.peakMb": { bench: "walk", text: (values) => `${most(values("peakMb"), 0)} MB` },
  "walk.memoryOfMillions": {
    bench: "walk",
    text: (values) =>
      `1 million keys holds up to ${most(values("peakMbOf1Million"), 0)} MB, one that lists 10 million up to ${most(values("peakMbOf10Million"), 0)} MB`,
  },
};

/**
 * Writes a quoted figure from the saved results, or the table of all that have one.
 *
 * @throws if there is no figure of this name, or no result for it.
 */
export function quote(name: string, results: Results): string {
  if (name === TABLE) return tableOf(results);
  const figure = IN_TEXT[name];
  if (figure === undefined) throw new Error(`There is no figure "${name}": add it to bench/src/quoted-figures.ts.`);
  return textOf(figure, results);
}

/** The command that repeats a figure. */
export function repeats(name: string): string {
  return commandOf(IN_TEXT[name]?.bench ?? "NAME");
}

function tableOf(results: Results): string {
  const rows = ROWS.filter(({ bench }) => bench in results).map(
    (row) => `| ${row.what} | ${textOf(row, results)} | ${barsOf(row.bench, results)} | \`${commandOf(row.bench)}\` |`,
  );
  return ["", "| | measured | bars | repeat it by |", "|---|---|---|---|", ...rows, ""].join("\n");
}

function commandOf(bench: string): string {
  return `npm run bench -- ${bench}`;
}

/** How many of a bench's bars are met. */
function barsOf(bench: string, results: Results): string {
  const bars = (results[bench]?.findings ?? []).filter(({ isMet }) => isMet !== undefined);
  const missed = bars.filter(({ isMet }) => isMet === false);
  if (bars.length === 0) return "none";
  return missed.length === 0 ? "met" : `${missed.length} of ${bars.length} missed`;
}

function textOf({ bench, text }: QuotedFigure, results: Results): string {
  const result = results[bench];
  if (result === undefined) throw new Error(`There is no result of ${bench}: ${commandOf(bench)} --save.`);
  return text((name) => {
    const values = result.findings.flatMap(({ values }) => values?.[name] ?? []);
    if (values.length === 0)
      throw new Error(`The result of ${bench} has no value ${name}: ${commandOf(bench)} --save.`);
    return values;
  });
}

/** One figure, or the least and the most of several. */
function range(values: readonly number[], digits: number): string {
  const [least, greatest] = [fixed(Math.min(...values), digits), fixed(Math.max(...values), digits)];
  return least === greatest ? least : `${least} to ${greatest}`;
}

function most(values: readonly number[], digits: number): string {
  return fixed(Math.max(...values), digits);
}

function whole(values: readonly number[]): string {
  return range(values, 0);
}

function sum(values: readonly number[]): string {
  const total = values.reduce((all, value) => all + value, 0);
  return total === 0 ? "no" : fixed(total, 0);
}

function fixed(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
