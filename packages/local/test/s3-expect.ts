import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** Asserts that a call fails with an error code (or one of several, where a HEAD has no code) and HTTP status. */
export async function rejectsWith(
  call: Promise<unknown>,
  code: string | readonly string[],
  status: number,
): Promise<void> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Error, `expected ${String(code)}, but the call succeeded`);
  const actual = "$metadata" in outcome ? (outcome.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  const codes = typeof code === "string" ? [code] : code;
  assert.ok(codes.includes(outcome.name), `expected ${codes.join(" or ")}, got ${outcome.name}: ${outcome.message}`);
  assert.equal(actual, status);
}

/** Puts an object and returns its entity tag. */
export async function put(
  client: S3Client,
  bucket: string,
  key: string,
  body: string | Uint8Array = "x",
): Promise<string> {
  const { ETag } = await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  assert.ok(ETag !== undefined);
  return ETag;
}

/** Reads an object as text. */
export async function text(client: S3Client, bucket: string, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  assert.ok(Body !== undefined);
  return Body.transformToString();
}

/** Reads an object, or a range of it. */
export async function bytes(client: S3Client, bucket: string, key: string, range?: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
  assert.ok(Body !== undefined);
  return Body.transformToByteArray();
}

/** Bytes that differ from place to place, the same for the same seed. */
export function patternBytes(size: number, seed = 1): Buffer {
  const result = Buffer.allocUnsafe(size);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    result[at] = state >>> 24;
  }
  return result;
}
