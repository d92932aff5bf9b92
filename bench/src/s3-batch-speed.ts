import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { startLocalAws } from "@longhaul/local";
import type { BenchOptions, Finding } from "./finding.ts";
import { writeRecords } from "./generated-records.ts";
import { alternate, median } from "./measure.ts";
import { countNewlines } from "./newline-finders.ts";
import { putFile, runS3Batch, s3ClientOf } from "./s3-batch-app.ts";
import { synthesizeApp } from "./synthesized-app.ts";

const SCRIPT = "the script";
const APP = "s3-batch";
const BUCKET = "records";
const OUTPUT_KEY = "out.ndjson";

/** Records a second of the real s3-batch, against the script that one would write, each on an embedded S3 of its own. */
export async function s3BatchSpeed({ rounds: count = 5, mb = 100 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const assembly = await synthesizeApp("s3-batch", join(directory, "cdk.out"));
    const path = join(directory, "records.ndjson");
    const bytes = writeRecords(path, mb);
    const records = countNewlines(readFileSync(path));
    const whole = ({ durationMs, resultBytes }: { durationMs: number; resultBytes: number }) => {
      // Neither changes a record, and the records are written as JSON.stringify writes them.
      if (resultBytes !== bytes) throw new Error(`The result has ${resultBytes} bytes, not ${bytes}.`);
      return durationMs;
    };
    const rounds = await alternate(
      {
        [SCRIPT]: async () => whole(await runScript(path)),
        [APP]: async () => whole(await runS3Batch(assembly, path, {})),
      },
      { rounds: count, warmUps: 1 },
    );
    const perSecond = (name: typeof SCRIPT | typeof APP) => (records * 1000) / median(rounds[name]);
    const share = perSecond(APP) / perSecond(SCRIPT);
    return [
      {
        what: `s3-batch over ${mb} MB, ${records.toLocaleString("en-US")} records, from S3 to S3`,
        figure: `${Math.round(perSecond(APP)).toLocaleString("en-US")} records/s, ${share.toFixed(2)} x the script's ${Math.round(perSecond(SCRIPT)).toLocaleString("en-US")}`,
        bar: "at least the script's",
        isMet: share >= 1,
        values: { recordsPerSecond: perSecond(APP), timesScript: share },
        rounds,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The script over a file that lies in the embedded S3: the time that it says, and the size of its result. */
async function runScript(inputPath: string): Promise<{ durationMs: number; resultBytes: number }> {
  const aws = await startLocalAws();
  const client = s3ClientOf(aws);
  try {
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await putFile(client, { Bucket: BUCKET, Key: "in.ndjson" }, inputPath);
    const script = fileURLToPath(new URL("./s3-batch-script.ts", import.meta.url));
    const args = [script, BUCKET, "in.ndjson", BUCKET, OUTPUT_KEY];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...aws.env() } });
    const { ContentLength: resultBytes = 0 } = await client.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: OUTPUT_KEY }),
    );
    return { durationMs: Number(stdout), resultBytes };
  } finally {
    client.destroy();
    await aws.stop();
  }
}
