import { createHash } from "node:crypto";
import type { Verdict, VerifyContext } from "@longhaul/local";
import { plainRecordsOf } from "@longhaul/local/testing";
import { resultKey } from "../src/result-key.ts";
import { settingsFrom } from "../src/settings.ts";
import { transform } from "../src/transform.ts";

/**
 * Compares the result with the input byte by byte. The records are read by other means than the app's; what they make,
 * line by line, has to be what the run wrote.
 */
export async function verifyResult({ inputPath, inputKey, outputs, read }: VerifyContext): Promise<Verdict> {
  const expected = createHash("sha256");
  let records = 0;
  const info = { object: inputKey, etag: "", signal: new AbortController().signal };
  for await (const value of plainRecordsOf(inputPath)) {
    const line = await transform(value, { ...info, record: records++ });
    if (line !== undefined) expected.update(`${JSON.stringify(line)}\n`);
  }
  const bucket = outputs.OutputBucketName ?? "";
  const actual = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await read(bucket, resultKey(settingsFrom({ OUTPUT_BUCKET: bucket }), inputKey))) {
    actual.update(chunk);
    bytes += chunk.length;
  }
  const isOk = expected.digest("hex") === actual.digest("hex");
  const counted = `${records.toLocaleString("en-US")} records, ${bytes.toLocaleString("en-US")} bytes`;
  return {
    isOk,
    message: isOk
      ? `result is exact: ${counted}`
      : `the result (${bytes} bytes) differs from what ${records} records make`,
  };
}
