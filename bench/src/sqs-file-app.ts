import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { RunEvent } from "@longhaul/core";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { watchRuns } from "@longhaul/local/testing";

/** Files to load. */
export interface Load {
  readonly files: number;
  readonly recordsPerFile: number;
}

/** sqs-file on an embedded AWS of its own, with files in its bucket that it was told of and has not begun. */
interface LoadedApp {
  readonly aws: LocalAws;
  readonly outputs: Readonly<Record<string, string>>;
  /** Lets the function receive its messages. */
  begin(): void;
}

async function withFiles<Answer>(
  assembly: string,
  { files, recordsPerFile }: Load,
  use: (app: LoadedApp) => Promise<Answer>,
): Promise<Answer> {
  const aws = await startLocalAws();
  try {
    const { outputs } = await aws.deploy(assembly);
    await aws.eventSources.idle();
    const [mapping] = aws.eventSources.list();
    if (mapping === undefined) throw new Error("sqs-file has no event source mapping.");
    // Here all invocations share one machine, so that many at a time would only be in each other's way.
    aws.eventSources.update(mapping.uuid, { isEnabled: false, maximumConcurrency: 2 });
    const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const client = new S3Client(access);
    for (let file = 0; file < files; file++) {
      const Body = Buffer.from(content(file, recordsPerFile));
      await client.send(new PutObjectCommand({ Bucket: outputs.BucketName, Key: `in/${file}.ndjson`, Body }));
    }
    client.destroy();
    await aws.s3.settled();
    await aws.sns.settled();
    return await use({ aws, outputs, begin: () => aws.eventSources.update(mapping.uuid, { isEnabled: true }) });
  } finally {
    await aws.stop();
  }
}

function content(file: number, records: number): string {
  return Array.from(
    { length: records },
    (_, i) =>
      `${JSON.stringify({ id: `${file}-${i}`, name: `record ${i} of file ${file}`, lat: i / 7, lng: file / 11 })}\n`,
  ).join("");
}

/** Milliseconds from the first receive until all files are loaded and their messages are deleted. */
export function loadByApp(assembly: string, load: Load): Promise<number> {
  return withFiles(assembly, load, async ({ aws, begin }) => {
    const { events } = watchRuns<RunEvent>(aws.lambda, () => true);
    const beganMs = performance.now();
    begin();
    await aws.eventSources.idle();
    const durationMs = performance.now() - beganMs;
    const done = events.filter(({ type }) => type === "done");
    const loaded = done.reduce((sum, { progress: { records = 0 } }) => sum + records, 0);
    if (loaded !== load.files * load.recordsPerFile) throw new Error(`sqs-file loaded ${loaded} records.`);
    return durationMs;
  });
}

/** Milliseconds of the plain loop over the same files. */
export function loadByLoop(assembly: string, load: Load): Promise<number> {
  return withFiles(assembly, load, async ({ aws, outputs }) => {
    const { BucketName = "", RecordsTableName = "" } = outputs;
    const script = fileURLToPath(new URL("./sqs-file-loop.ts", import.meta.url));
    const args = ["--conditions=longhaul-source", script, BucketName, RecordsTableName, String(load.files)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...aws.env() } });
    return Number(stdout);
  });
}
