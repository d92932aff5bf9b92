import { createHash } from "node:crypto";
import { rejectsKey, resultKey } from "../transform/result-key.ts";
import { transformSettings } from "../transform/settings.ts";
import type { Transform } from "../transform/transform.ts";
import { BROKEN, type IndependentReader, readingOf, shown } from "./independent-reader.ts";

/** A finished run of {@link transformObject}, as `longhaul run` tells it to `verify`. */
export interface FinishedTransform {
  /** The input file on disk. */
  readonly inputPath: string;
  /** Its key in the source bucket. */
  readonly inputKey: string;
  readonly files: readonly { readonly bytes: number }[];
  /** The stack's outputs, `OutputBucketName` among them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables of the function's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reads an object. */
  read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
}

/** The result of a check. */
export interface TransformVerdict {
  readonly isOk: boolean;
  /** One line for people. */
  readonly message: string;
}

/** Reasons for which a record is set aside that can be read. */
const READABLE = new Set(["transform-timeout", "killed-its-hops"]);

/**
 * A check for `longhaul run`: compares the result with the input byte by byte. The data records are read by other means
 * than the app's; their lines have to be the lines that the run wrote. Those that cannot be read have to be in the rejects,
 * and no others.
 *
 * @example `export default defineApp({ ..., verify: verifyTransform(transform, plainRecordsOf) });`
 */
export function verifyTransform(
  transform: Transform,
  recordsOf: IndependentReader,
): (run: FinishedTransform) => Promise<TransformVerdict> {
  return (run) => verify(run, transform, recordsOf);
}

async function verify(
  run: FinishedTransform,
  transform: Transform,
  recordsOf: IndependentReader,
): Promise<TransformVerdict> {
  const { inputPath, inputKey, files, outputs, environment, read } = run;
  const settings = transformSettings({ ...environment, OUTPUT_BUCKET: outputs.OutputBucketName ?? "" });
  const { outputBucket: bucket } = settings;
  const aside =
    settings.onBrokenRecord === "skip" ? await asideIn(read, bucket, rejectsKey(settings, inputKey)) : new Map();
  const expected = createHash("sha256");
  const info = { object: inputKey, etag: "", signal: new AbortController().signal };
  let records = 0;
  for await (const value of recordsOf(inputPath, readingOf(settings, settings.onBrokenRecord === "skip"))) {
    const record = records++;
    const reason = aside.get(record);
    if ((value === BROKEN) !== (reason !== undefined && !READABLE.has(reason))) {
      return {
        isOk: false,
        message: `record ${record} ${value === BROKEN ? "cannot be read" : "can be read"}, and is set aside: ${reason !== undefined}`,
      };
    }
    if (reason !== undefined) continue;
    const line = await transform(value, { ...info, record });
    if (line !== undefined) expected.update(`${JSON.stringify(line)}\n`);
  }
  const actual = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await read(bucket, resultKey(settings, inputKey))) {
    actual.update(chunk);
    bytes += chunk.length;
  }
  if (expected.digest("hex") !== actual.digest("hex")) {
    return { isOk: false, message: `the result (${bytes} bytes) differs from what ${records} records make` };
  }
  if (records === 0) {
    const inputBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { isOk: true, message: `nothing to compare: the input has ${shown(inputBytes)} bytes and no records` };
  }
  const left = aside.size === 0 ? "" : `, ${shown(aside.size)} of them set aside`;
  return { isOk: true, message: `result is exact: ${shown(records)} records${left}, ${shown(bytes)} bytes` };
}

/** Numbers of the records that were set aside, and why. */
async function asideIn(read: FinishedTransform["read"], bucket: string, key: string): Promise<Map<number, string>> {
  let text = "";
  try {
    for await (const chunk of await read(bucket, key)) text += Buffer.from(chunk).toString("latin1");
  } catch (error) {
    // There is no such object if there was no such record.
    if (!(error instanceof Error && error.name === "NoSuchKey")) throw error;
  }
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const { record, reason } = JSON.parse(line) as { readonly record: number; readonly reason: string };
      return [record, reason];
    }),
  );
}
