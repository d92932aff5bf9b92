import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Upload } from "./upload.ts";

/** The file, downloaded unless a warm container has it. Its name is a hash: a key is no path to be trusted. */
export async function localFile(
  s3: S3Client,
  directory: string,
  { bucket, key, etag, sequencer }: Upload,
): Promise<string> {
  const identity = JSON.stringify([bucket, key, sequencer]);
  const path = join(directory, createHash("sha256").update(identity).digest("hex"));
  if (!existsSync(path)) {
    // The upload that the message names, or none: another one has other records at each position.
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` }));
    if (!(Body instanceof Readable)) throw new TypeError("S3 answered without a body.");
    await pipeline(Body, createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
  }
  return path;
}
