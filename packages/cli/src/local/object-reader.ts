import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { VerifyContext } from "@longhaul/local";
import { clientFor } from "./upload.ts";

/** Reads objects of the embedded S3. */
export function objectReader(env: VerifyContext["env"]): VerifyContext["read"] {
  const client = clientFor(env);
  return async (Bucket, Key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Body as AsyncIterable<Uint8Array>;
  };
}
